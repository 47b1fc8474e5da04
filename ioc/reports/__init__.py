"""Citizens' reports as work: filed by the centre's own doors, weighed, decided, answered."""
