"""Simulated citizens: they tell of causes in words of their own, with drawn pictures, through the centre's real doors."""
