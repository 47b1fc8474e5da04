"""Every figure of panels 1, 2, 3, 5 and 10 against an oracle that reads the raw events in Python."""
