"""The machine behind the figures: their contract, their registry, their computation."""
