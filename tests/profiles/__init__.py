"""The fictional province that the tests use beside the shipped one."""

from pathlib import Path

BINH_MINH = Path(__file__).parent / "binh_minh"
FICTIONAL = str(BINH_MINH)
"""What the program is given to load it."""
