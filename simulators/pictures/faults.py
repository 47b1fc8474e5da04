"""What can be wrong with a simulated camera, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ioc.errors import InputError

Kind = Literal["freeze", "dark", "drop", "drift", "garbage", "slow", "silent", "unauthorised", "offline"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LATEST_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A camera ('*' = each) has it in `[from_s, to_s)`, seconds since the cameras were switched on."""

    camera: str
    kind: Kind
    from_s: float
    to_s: float


def fault(text: str) -> Fault:
    """Fault of CAMERA:KIND:FROM_S:TO_S.

    Raises:
        InputError: another form, an unknown kind, times that are none or in the wrong order.

    """
    parts = text.rsplit(":", 3)
    if len(parts) != 4:
        raise InputError(f"--fault {text}: write CAMERA:KIND:FROM_S:TO_S, such as OS-31507-C2:freeze:60:120")
    camera, named, begin, end = parts
    kind = next((k for k in KINDS if k == named), None)
    if kind is None:
        raise InputError(f"--fault {text}: there is no '{named}'; known are {', '.join(KINDS)}")
    try:
        from_s, to_s = float(begin), float(end)
    except ValueError:
        raise InputError(f"--fault {text}: {begin} and {end} must be seconds") from None
    if not 0 <= from_s < to_s <= LATEST_S:
        raise InputError(f"--fault {text}: it must begin before it ends, and within {LATEST_S:g} s")
    return Fault(camera, kind, from_s, to_s)


def held(faults: Sequence[Fault], camera: str, since_s: float) -> frozenset[Kind]:
    """What is wrong with a camera so long after the beginning."""
    return frozenset(f.kind for f in faults if f.camera in {camera, "*"} and f.from_s <= since_s < f.to_s)
