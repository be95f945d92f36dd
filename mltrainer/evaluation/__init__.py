"""Splits, labels, calibration, metrics and significance: pure functions on arrays."""
