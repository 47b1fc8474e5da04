"""Simulators: every file beside `engine/` simulates one stream; nothing in `ioc` imports them."""
