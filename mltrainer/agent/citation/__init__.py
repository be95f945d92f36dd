"""Results cited by reference: what stands between ``[[`` and ``]]`` becomes a figure of the store.

``references`` finds them in a text that arrives in pieces, ``expression`` reads one, ``lookup`` finds what it names in
a result document by its keys and ``rows``, ``quantity`` reckons with figures of a kind, and ``shown`` writes them.
"""
