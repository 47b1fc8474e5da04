"""The shift: what is handed over, what is read again, what handling costs, and what people do about messages that could not be taken."""
