"""The check of figures: whether the numbers an analyst writes are supported by what it was shown.

The way of a figure. It is *found*: ``numbers`` reads numbers and units, ``ignored`` blanks what is none. What it
*claims*: ``nouns`` and ``vocabulary`` know the words for figures, ``meanings`` gives each number its noun,
``unclaimed`` leaves out what only counts or proposes. *Whose* it is: ``names`` and ``labels`` find whom words name,
``owners`` gives each number to somebody. ``sentences``, ``claims`` and ``tables`` read whole texts so, each figure a
``claim``. It is *looked up* in the ``facts`` that ``documents``, ``parts`` and ``kinds`` list: ``support`` asks
whether a fact is of its size (``sizes``), of those named (``belonging``) and of their stage (``stages``); ``ranges``
and ``rows`` whether it stands together with another, ``differences``, ``sums``, ``amounts`` and ``counts`` whether it
follows from others, ``rules`` whether it holds everywhere. ``check`` gives the *verdict* for a text, and ``reasons``
says why a figure is marked.
"""
