"""The chat at a terminal or a pipe: input, keys, completion, slash commands, tool bar.

``app`` is the loop; ``dialogue`` talks at a terminal and ``lines`` without one. ``commands`` lists the slash commands;
``completion``, ``editing``, ``values`` and ``toolbar`` are pure functions. ``opening`` loads what is slow meanwhile.
"""
