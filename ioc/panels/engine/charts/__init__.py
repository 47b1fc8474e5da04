"""Kinds of chart that answer one question each; every one is a `Drawing` (drawing.py)."""
