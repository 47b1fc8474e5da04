"""Pages: skeletons that mount each panel's component ids once. They know specs, and neither tables nor topics."""
