"""Panels: every file beside `engine/` is one panel, a `.py` and a `.sql`; a file that exists is registered."""
