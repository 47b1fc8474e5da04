"""Simulated cameras: drawn pictures of counters, roads and squares, served as a camera would serve them. Nobody real is in them.

True to life: the ways of delivery (snapshot, MJPEG, status), the failures, a clock burnt into the picture in the province's local time. People who
wait and officials at counters are those that the counters of the same seed tell of (engine/counter_life.py). How much passes on a road follows
engine/traffic.py. Made up: how everything looks, where it stands, and who walks over a square.
"""
