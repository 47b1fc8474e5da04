"""Tests of several parts together, on the embedded ones."""
