"""The machine of the simulators: contract, agenda, pace, faults, encoding."""
