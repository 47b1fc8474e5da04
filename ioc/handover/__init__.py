"""What is taken away of the maps: the layers of a moment, in one file."""
