"""Raw counts of "Điểm 766 – tính thử" from the streams: dossiers, their synchronisation, the catalogue of services, citizens' reports.

No stream tells of the procedures (tthc) how they are published or paid for: those counts stay None, "chưa có số liệu".
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib import resources

from psycopg.rows import dict_row

from ioc.calendar.periods import Period, elapsed
from ioc.db.connect import Connection, reading
from ioc.db.queries import named
from ioc.indicators.quality766 import Counts, Scheme, Score
from ioc.moment import Moment
from ioc.profiles import Profile

QUERIES = named(resources.files("ioc.indicators").joinpath("quality766_counts.sql"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NextGrade:
    """The grade above a score, and how many points it lacks."""

    name: str
    gap: Fraction


def counts766(conn: Connection, moment: Moment, period: Period, profile: Profile, *,
              unit_code: str | None = None, org_code: str | None = None) -> Counts:
    """Counts of a period up to a moment, of the province, a unit or an agency; None where nobody counted.

    `synchronised` are the dossiers that the national portal acknowledged in the period, also those received before it.
    """
    asked = {"unit_code": unit_code, "org_code": org_code}
    parameters = moment.period_parameters(profile.calendar, elapsed(period, moment.day)) | asked
    found: dict[str, int | None] = {}
    with reading(conn), conn.cursor(row_factory=dict_row) as cursor:
        for sql in QUERIES.values():
            row = cursor.execute(sql.encode(), parameters).fetchone() or {}
            found |= {name: None if value is None else int(value) for name, value in row.items()}
    return Counts(**found)


def next_grade(result: Score, scheme: Scheme) -> NextGrade | None:
    """What a score lacks to the next grade; None at the highest, and while a part of the score has no figures."""
    if result.grade is None:
        return None
    above: list[tuple[Decimal, str]] = [(least, name) for name, least in scheme.grades.items() if least > result.points]
    return NextGrade(name=min(above)[1], gap=Fraction(min(above)[0]) - result.points) if above else None
