"""Cameras: pictures of real sources in, events and honest tiles out. Counts only: nobody is recognised, and no picture of a face is kept."""
