"""The conversation between a person and an AI about trials that really run."""
