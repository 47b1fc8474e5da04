"""Who may do what: persons and screens, their roles and limits, sessions, sign-in."""
