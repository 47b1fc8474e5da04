"""The web process's doors: live stream, panels as numbers, health, metrics, maps, intake."""
