"""The second step: time-based one-time passwords (RFC 6238), six digits, thirty seconds, one step to either side."""

from datetime import datetime

import pyotp

STEP_S = 30


def new_secret() -> str:
    """Base32, 160 bits (RFC 4226, section 4)."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step that a code belongs to; None where it is wrong. A step that was used must not be taken again: the caller keeps it."""
    digits = "".join(code.split())
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    found = None
    for step in (current, current - 1, current + 1):  # all three, whatever the first says
        if pyotp.utils.strings_equal(totp.at(step * STEP_S), digits):
            found = step
    return found


def address(secret: str, login: str, province: str) -> str:
    """The otpauth address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"IOC {province}")


def picture(text: str) -> str:
    """A QR code as SVG, dark on white, 1 unit a module."""
    import segno  # only this page draws, and every command would load it

    drawn: str = segno.make(text, error="m").svg_inline(scale=5, dark="#000", light="#fff", border=3)
    return drawn
