"""One row of an import while it is judged: what it says, and what is wrong with which cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from ioc.errors import InputError
from ioc.indicators import cells
from ioc.indicators.catalogue import UNITS, Catalogue, Indicator
from ioc.indicators.columns import INDICATORS_SHEET, TITLES, Cell, CellError, Row
from ioc.indicators.events import Outgoing, observed, target_set
from ioc.indicators.period import EXAMPLES, Span, parse_period
from ioc.profiles import Profile
from ioc.published import as_sent, quality_flag

Found = TypeVar("Found")

_WHOLE = {"count", "person", "case", "turn", "rank", "vnd"}
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an import is judged by. `source`: the CloudEvents source of what is typed in; `today`: local day of the import."""

    catalogue: Catalogue
    profile: Profile
    source: str
    today: date


@dataclass(slots=True)
class Entry:
    """`panel`: the one whose template the row stands in; None where the file does not say."""

    row: Row
    desk: Desk
    panel: str | None
    errors: list[CellError] = field(default_factory=list)
    flags: list[CellError] = field(default_factory=list)

    def refuse(self, name: str, text: str) -> None:
        """Note what is wrong with a cell."""
        self.errors.append(CellError(self.row.number, self._cell(name).address, text))

    def events(self) -> list[Outgoing]:
        """Events of the row; of no use where `errors` is not empty."""
        self.errors += [CellError(self.row.number, cell.address, cell.trouble) for cell in self.row.cells.values() if cell.trouble]
        indicator = self._indicator()
        period = self._read("period", lambda value: parse_period(cells.shown(value)), required=True)
        approved_on = self._approved_on()
        told = {"source_text": self._text("source_text", required=True), "legal_basis": self._text("legal_basis"), "note": self._text("note")}
        revision = self._read("revision", cells.whole) or 0
        if not 0 <= revision <= 9999:
            self.refuse("revision", "a correction has a number from 1 to 9999")
        if indicator is None or period is None:
            return []
        if period.kind not in indicator.periods:
            wanted = " or ".join(EXAMPLES[kind] for kind in indicator.periods)
            self.refuse("period", f"'{indicator.id}' is told for another kind of period: write e.g. {wanted}")
        common = {"indicator_id": indicator.id, "period": period.text, "unit": indicator.unit, "manual": True, "approved_on": approved_on,
                  **told, **self._place(indicator, period)}
        return self._facts(indicator, common, approved_on or self.desk.today, revision)

    def _facts(self, indicator: Indicator, common: Mapping[str, object], approved_on: date, revision: int) -> list[Outgoing]:
        figures = self._figures(indicator)
        target = self._number("target", percent=indicator.unit == "%")
        made = []
        if any(figures[name] is not None for name in ("value", "numerator", "rank")):
            made.append(observed(self.desk.source, approved_on, {**common, **figures}, revision))
        if target is not None:
            made.append(target_set(self.desk.source, approved_on, {**common, "target": target}, revision))
        if not made and not self.errors:
            self.refuse("value", "the row has neither a value nor a fraction nor a rank nor a target")
        return made

    def _indicator(self) -> Indicator | None:
        text = self._text("indicator_id", required=True)
        if text is None:
            return None
        found = self.desk.catalogue.indicators.get(text)
        if found is None:
            self.refuse("indicator_id", f"no indicator is called '{text}': the sheet '{INDICATORS_SHEET}' of the template lists them")
        elif self.panel and found.panel != self.panel:
            self.refuse("indicator_id", f"'{text}' belongs to the panel '{found.panel}', this is the template of '{self.panel}'")
            return None
        elif (unit := self._text("unit")) and unit.casefold() not in {found.unit, UNITS[found.unit].casefold()}:
            self.refuse("unit", f"'{found.id}' is told in '{UNITS[found.unit]}', not in '{unit}'")
        return found

    def _approved_on(self) -> date | None:
        found = self._read("approved_on", cells.day, required=True)
        if found and found > self.desk.today:
            self.refuse("approved_on", f"{found} lies in the future")
        return found

    def _place(self, indicator: Indicator, period: Span) -> dict[str, object]:
        org_code, unit_code = self._text("org_code") or "", self._text("unit_code") or ""
        valid_on = period.last_day
        level = "province"
        if unit_code:
            level, valid_on = self._unit_level(unit_code, period)
        if org_code:
            level = "agency"
            if not any(a.code == org_code and a.valid_from <= period.last_day and (a.valid_to is None or period.first_day < a.valid_to)
                       for a in self.desk.profile.agencies):
                self.refuse("org_code", f"no agency has the code '{org_code}' in the period {period.text}")
        if level not in indicator.levels:
            wanted = " or ".join(indicator.levels)
            self.refuse("org_code" if org_code else "unit_code", f"'{indicator.id}' is told for {wanted}, not for {level}")
        return {"org_code": org_code, "unit_code": unit_code, "unit_valid_on": valid_on}

    def _unit_level(self, code: str, period: Span) -> tuple[str, date]:
        for day in (period.last_day, period.first_day):
            for unit in self.desk.profile.units:
                if unit.code == code and unit.valid_on(day):
                    return ("province" if unit.level == "province" else "unit"), day
        self.refuse("unit_code", f"no unit has the code '{code}' in the period {period.text}")
        return "unit", period.last_day

    def _figures(self, indicator: Indicator) -> dict[str, object]:
        percent = indicator.unit == "%"
        value, published = self._number("value", percent=percent), self._number("published_value", percent=percent)
        if value is not None and indicator.unit in _WHOLE and value != value.to_integral_value():
            self.refuse("value", f"'{indicator.id}' is a whole number, not {cells.shown(float(value))}")
        numerator, denominator = self._fraction(indicator)
        rank, out_of = self._rank()
        if numerator is not None and denominator:
            value = self._rate(value, published, numerator, denominator)
        return {"value": value, "numerator": numerator, "denominator": denominator, "rank": rank, "out_of": out_of, "published_value": published}

    def _rate(self, value: Decimal | None, published: Decimal | None, numerator: Decimal, denominator: Decimal) -> Decimal:
        """The rate of a fraction: a typed value must be it, a published one may differ and is flagged."""
        computed = numerator * 100 / denominator
        said = f"{numerator:f}/{denominator:f} is {computed.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}%".replace(".", ",")
        if value is not None and quality_flag(value, numerator, denominator) != "ok":
            self.refuse("value", f"{said}: leave the value empty or mend the fraction; what was printed elsewhere is '{TITLES['published_value']}'")
        # Judged as it will be sent, so that the import and the stream never disagree.
        if published is not None and quality_flag(*map(as_sent, (published, numerator, denominator))) != "ok":
            text = f"published {cells.shown(float(published))}%, but {said}: both are kept, it is flagged"
            self.flags.append(CellError(self.row.number, self._cell("published_value").address, text))
        return round(computed, 6)

    def _fraction(self, indicator: Indicator) -> tuple[Decimal | None, Decimal | None]:
        numerator, denominator = self._number("numerator"), self._number("denominator")
        if (numerator is not None or denominator is not None) and not indicator.has_fraction:
            self.refuse("numerator", f"'{indicator.id}' has no numerator and denominator")
        self._together("numerator", "denominator", "numerator and denominator are given together")
        if numerator is not None and numerator < 0:
            self.refuse("numerator", f"{numerator:f} is less than 0")
        if denominator is not None and denominator <= 0:
            self.refuse("denominator", f"{denominator:f} is no base, and without one there is no figure: leave the row out")
        return numerator, denominator

    def _rank(self) -> tuple[int | None, int | None]:
        rank, out_of = self._read("rank", cells.whole), self._read("out_of", cells.whole)
        self._together("rank", "out_of", "a rank is told with how many were ranked (34 provinces since 2025, 63 before)")
        if rank is not None and out_of is not None and not 1 <= rank <= out_of:
            self.refuse("rank", f"{rank} is no rank among {out_of}")
        return rank, out_of

    def _together(self, one: str, other: str, text: str) -> None:
        empty = [name for name in (one, other) if self._cell(name).value is None]
        if len(empty) == 1:
            self.refuse(empty[0], text)

    def _number(self, name: str, *, percent: bool = False) -> Decimal | None:
        if self._cell(name).percent and not percent:
            self.refuse(name, "the cell is formatted as per cent, its figure is none: give the cell the format 'number'")
        return self._read(name, lambda value: cells.number(value, percent=percent))

    def _text(self, name: str, *, required: bool = False) -> str | None:
        return self._read(name, _bounded, required=required)

    def _read(self, name: str, read: Callable[[cells.Value], Found], *, required: bool = False) -> Found | None:
        cell = self._cell(name)
        if cell.value is None and required:
            self.refuse(name, f"'{TITLES[name]}' is empty")
        if cell.value is None or cell.trouble:
            return None
        try:
            return read(cell.value)
        except InputError as error:
            self.refuse(name, str(error))
            return None

    def _cell(self, name: str) -> Cell:
        return self.row.cells.get(name) or Cell(address=f"row {self.row.number}", value=None)


def _bounded(value: cells.Value) -> str:
    text = cells.shown(value).strip()
    if len(text) > _LONGEST or "\0" in text:
        raise InputError(f"the text must have at most {_LONGEST} characters, none of them NUL")
    return text
