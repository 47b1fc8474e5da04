"""Personal data that the work needs: who reported and in which words. Sealed at rest, masked by role, purged by policy."""
