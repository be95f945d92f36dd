"""What every room shares: frozen types, and how their values are read.

``parameters`` are the settings of a trial and ``arguments`` those of every action; ``events`` is the one stream,
``result`` the result document with its larger ``parts``, ``errors`` what can go wrong with its exit code.
"""
