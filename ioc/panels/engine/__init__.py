"""The machine behind every panel: moments, freshness, snapshots, cards and charts."""
