"""What was typed into the form of a figure, judged as a row of the file import is, and made into the same event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ioc.errors import InputError
from ioc.indicators.asked import Figure
from ioc.indicators.catalogue import Catalogue
from ioc.indicators.columns import REQUIRED, TITLES, Cell, CellError, Row
from ioc.indicators.entry import Desk, Entry
from ioc.indicators.events import Outgoing
from ioc.profiles import Profile

FIELDS = ("value", "numerator", "denominator", "rank", "out_of", "source_text", "legal_basis", "note")
"""What a person types; indicator, place and period are the figure's, the day of approval and the number of the correction the centre's."""


class WrongCellsError(InputError):
    """What is wrong with what was typed: each error's address is the field."""

    def __init__(self, errors: Sequence[CellError]) -> None:
        super().__init__("; ".join(f"{TITLES.get(e.address, e.address)}: {e.text}" for e in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Under what it is judged. `on`: local day of the approval; `revision`: number of the correction; `source`: of the event."""

    profile: Profile
    source: str
    on: date
    revision: int


def judged(figure: Figure, typed: Mapping[str, str], at: Basis) -> Outgoing:
    """The event of a figure.

    Raises:
        WrongCellsError: names each wrong field.

    """
    given: dict[str, str | int | date | None] = {name: typed.get(name, "").strip() or None for name in FIELDS}
    given |= {"indicator_id": figure.indicator.id, "org_code": figure.org_code or None, "unit_code": figure.unit_code or None,
              "period": figure.period.text, "approved_on": at.on, "revision": at.revision or None}
    row = Row(number=1, cells={name: Cell(address=name, value=given.get(name)) for name in {*TITLES, *REQUIRED}})
    catalogue = Catalogue(indicators={figure.indicator.id: figure.indicator}, targets=(), history=())
    entry = Entry(row, Desk(catalogue=catalogue, profile=at.profile, source=at.source, today=at.on), None)
    made = entry.events()
    if entry.errors:
        raise WrongCellsError(sorted(entry.errors, key=lambda e: list(TITLES).index(e.address)))
    return made[0]
