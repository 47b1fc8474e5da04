"""The door of the program."""

import subprocess
import sys

HEAVY = ("openpyxl", "numpy", "sqlalchemy")


def test_no_command_waits_for_what_another_needs() -> None:
    program = f"import sys, ioc.__main__; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
