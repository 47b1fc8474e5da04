"""`ioc alerts`: rules looked at after each change and on the clock; what they find is raised, told, escalated and cleared, once."""
