"""Events and results as lines and tables of safe text, apart from how they are shown.

``safe`` is the one place where foreign text is made safe. ``results`` and the files of its parts make ``blocks``, which
``screen`` colours, ``plain`` prints for pipes and ``page`` writes as HTML; ``messages`` says what each event says.
"""
