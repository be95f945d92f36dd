"""The models: one file each, listed in the catalogues of their families.

``registry`` is the one list; an ``entry`` says what a model takes and costs. What estimators share stands in
``checked``, ``scaled``, ``network`` and ``path_forecaster``; ``persistence`` writes fitted models down without pickle.
"""
