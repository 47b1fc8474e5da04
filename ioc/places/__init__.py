"""Places: administrative units with their times and successors, boundaries, and which unit a point lies in."""
