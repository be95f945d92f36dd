"""The one door to the machinery; see ``facilitator``.

``trial_request`` says what the worker is asked, ``asking`` asks it, ``process`` is its life and ``worker`` its own
side. ``meant``, ``promoting`` and ``sealing`` find which trial and which sessions are meant; ``told`` tells everybody.
"""
