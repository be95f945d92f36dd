"""What is kept for good: conversations, trials and the ledger in SQLite, artefacts in files beside it.

``store`` is the whole; ``sessions``, ``ledger`` and ``holdouts`` are its parts on one ``database``, whose steps are
``migrations``. ``home`` says where it lies, ``config`` and ``keys`` what was configured.
"""
