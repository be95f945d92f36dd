"""What the system can do and how it is put forward, decided and undone.

``registry`` is the one list of actions. What is stated is read by ``checking`` and completed by ``proposals``;
``approval`` reads the user's answer, ``permissions`` what may run unasked, ``session_settings`` keeps what holds, and
``describe`` shows all of it. ``detect`` finds proposals in prose: ``detect_prose`` cuts sentences, ``detect_clauses``
leaves those that propose, ``detect_reading`` reads them with the files for actions, models, numbers and universes.
"""
