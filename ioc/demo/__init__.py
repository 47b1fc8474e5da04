"""The whole centre on one machine: embedded broker and database, simulators, and one supervisor over all processes."""
