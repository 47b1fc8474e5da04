"""Streams: every file beside `engine/` is one stream; a file that exists is registered."""
