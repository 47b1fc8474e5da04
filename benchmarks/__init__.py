"""Measurements: ratios of one run, since machines differ."""
