"""The check of figures: whether the numbers an analyst writes are supported by what it was shown.

``numbers`` finds numbers and units, ``ignored`` what is none, ``nouns``, ``names`` and ``labels`` what and whom words
name, ``meanings`` and ``owners`` which of them a number belongs to, ``claims`` reads whole texts with tables and lists.
``documents`` lists what a result, settings or words hold as ``facts``; ``support`` looks a claim up by ``sizes``,
``belonging`` and ``referred``, ``ranges`` as an end of an interval, ``rows`` in tables, ``derived`` and ``combined`` as
what follows from others, ``counts`` and ``tallies`` as how many are so; ``stages`` tells what a search saw when,
``rules`` holds what is true everywhere; ``check`` does it for a text, and ``reasons`` says why a figure is marked.
"""
