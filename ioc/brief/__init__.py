"""The morning page: one sheet of paper that says how the province stands and what changed since yesterday."""
