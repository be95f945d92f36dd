"""Bars and macro values: where they come from, what is wrong with them, and the panel that the rest works on."""
