"""One snapshot per change, one frame for all viewers."""
