"""The conversation between a person and an AI about trials that really run.

``conversation`` holds it together, ``turns`` is one turn, ``oneshot`` a conversation without a person. An ``analyst``
is ``claude`` or ``offline``; ``listening`` hears it out, ``reading`` finds what a reply proposes, ``uptake`` does it.
What is proposed waits on the ``desk``, ``deciding`` reads the user's word, ``running`` and ``jobs`` run it, and the
``outbox`` carries the result back. In the folder ``citation`` references become stored figures; ``checking`` and the
folder ``grounding`` hold all other figures in answers against what was seen.
"""
