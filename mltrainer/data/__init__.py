"""Bars and macro values: where they come from, what is wrong with them, and the panel that the rest works on.

``load`` reads a source (``files``, ``stored`` from vendors, ``simulated``) as ``raw`` bars; ``quality`` judges them by
``checks``, ``jumps`` and ``copies`` and gives the ``panel``; ``universe`` says who is a member on which day.
``polygon`` and ``fred`` ask vendors, ``fetch_bars``, ``fetch_actions`` and ``fetch_macro`` keep what they send in
``barstore``.
"""
