"""The figures that the eleven panels stand on: one `.py` and one `.sql` per panel, each figure with what it is made of."""
