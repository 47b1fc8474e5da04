"""Figures that no event stream counts: observed by people and agencies, typed in, compared, closed."""
