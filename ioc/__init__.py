"""Intelligent Operations Centre of a Vietnamese province."""
