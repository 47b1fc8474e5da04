"""What rules watch: one .py and one .sql a panel, checked when they are loaded."""
