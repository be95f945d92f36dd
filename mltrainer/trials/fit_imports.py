"""What the processes that fit need, imported once by the server that they are forked from: see `local_engine`.

Most libraries build on scikit-learn, and fitted models of its own are stored by skops. Nothing here may start a thread,
which a fork would not take along.
"""

import sklearn.ensemble  # noqa: F401 - for the children

import mltrainer.models.persistence
import mltrainer.trials.fitting

mltrainer.models.persistence.skops_io()
