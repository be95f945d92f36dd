"""What each action does with data and models. It runs in the worker.

``requests`` takes what the facilitator asks and makes a ``job`` of a trial; the files named for actions answer it.
Those that forecast go through ``forecast``: a ``walk`` of blocks with ``matrices`` and ``labels``, ``scoring`` of every
model by ``fitting`` on an ``engine``, ``confidence`` from scores, figures by ``evaluate``, ``candidates`` of today,
words by ``verdicts``. ``certificate`` looks for leaks; ``kept`` and ``fit_keys`` say what need not be done again.
"""
