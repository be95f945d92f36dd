"""A terminal agent for market machine learning."""

__version__ = "0.1.0"
