"""What raises each rule and what clears it."""
