"""The commands: parse, call, exit code; nothing here decides anything.

``main`` catches every error and ends in its exit code, ``app`` names the commands and loads each when it is asked for;
``options`` and ``common`` hold the options that several share, ``opened`` opens the store and the door for one command.
"""
