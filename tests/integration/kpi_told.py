"""Events of any stream with just what they are given, and what the tests of figures ask of them."""

from typing import Any

from ioc.db.connect import Connection
from ioc.kpi.engine.contract import Figure
from tests.integration.streams_wire import PLACE, Wire, at
from tests.integration.test_kpi import figures

Asked = dict[str, str]
MOMENTS: tuple[Asked, ...] = ({}, {"at": "2026-11-20"}, {"at": "2026-11-20T09:00"}, {"at": "2026-11-20", "known": "2026-11-20"})
"""Now, a day's end, within a day, and as it was known then."""


def told(stream: str, fact: str, minutes: float = 0, *, subject: str = "S1", id_: str = "", source: str = "/test/a", simulated: bool = False,
         **data: Any) -> Wire:
    """A CloudEvent `minutes` after BASE with a place and the data given; None = not said."""
    wire: Wire = {
        "specversion": "1.0", "id": id_ or f"{subject}-{fact}-{minutes:g}", "source": source, "type": f"vn.ioc.{stream}.{fact}.v1",
        "subject": subject, "time": at(minutes), "data": {name: value for name, value in {**PLACE, **data}.items() if value is not None},
    }
    return wire | ({"simulated": "true"} if simulated else {})


def asked_figures(conn: Connection, section: str, asked: Asked, kind: str = "year", scope: str = "province") -> dict[str, Figure]:
    return figures(conn, section, kind, at=asked.get("at"), known=asked.get("known"), scope=scope)


def parts(figure: Figure) -> tuple[float | None, ...]:
    """Value, numerator and denominator, free of the last digits of sums taken in another order."""
    return tuple(None if part is None else round(part, 9) for part in (figure.value, figure.numerator, figure.denominator))


def of_something(found: dict[str, Figure]) -> dict[str, tuple[float | None, ...]]:
    """Figures that rest on something; a count of nothing may stand there as 0 or not at all."""
    return {key: parts(figure) for key, figure in found.items() if figure.value or figure.denominator}


def by_both_ways(conn: Connection, section: str, scope: str, kind: str) -> tuple[dict[str, tuple[float | None, ...]], ...]:
    """Figures of 20 November as of its end: from counts and sums, and (asking for all that was ever known) from intervals and events."""
    ways: tuple[Asked, ...] = ({"at": "2026-11-20"}, {"at": "2026-11-20", "known": "2026-11-21T16:00"})
    return tuple(of_something(asked_figures(conn, section, asked, kind, scope)) for asked in ways)
