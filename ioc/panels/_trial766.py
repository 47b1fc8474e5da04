"""The "Điểm 766 – tính thử" of the year to date as a panel shows it: the score is made in `ioc.indicators.quality766`, here it is only laid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ioc.calendar.periods import period_of
from ioc.db.connect import Connection
from ioc.indicators.quality766 import Scheme, Score, load_scheme, lost, score, shown
from ioc.indicators.quality766_counts import counts766, next_grade
from ioc.moment import Moment
from ioc.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPoints:
    """A group's points as printed, `out_of` those that could be computed, of `most`."""

    name: str
    name_en: str
    points: float
    out_of: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Points that a criterion did not reach."""

    name: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A score as printed. `grade` is '' while a part of it has no figures; `next_grade` is '' also at the highest. `losses`: most first."""

    points: float
    out_of: float
    most: float
    grade: str
    next_grade: str
    gap: float | None
    groups: tuple[GroupPoints, ...]
    losses: tuple[Loss, ...]


def trial(conn: Connection, moment: Moment, profile: Profile) -> Sequence[Trial]:
    """One score of the province, of its year up to the moment; none where no criterion has figures, or for another jurisdiction.

    Raises:
        ConfigurationError: the profile's quality766.toml cannot be used.

    """
    if moment.jurisdiction:
        return ()
    scheme = _scheme(str(profile.folder))
    period = period_of("year_to_date", moment.day, profile.periods)
    result = score(counts766(conn, moment, period, profile), scheme)
    return (laid_out(result, scheme),) if result.out_of else ()


def laid_out(result: Score, scheme: Scheme) -> Trial:
    """A score in the digits that are printed."""
    following = next_grade(result, scheme)
    names = {group.key: group.name_en for group in scheme.groups}
    groups = tuple(GroupPoints(name=g.name, name_en=names[g.key], points=float(shown(g.points)), out_of=float(g.out_of), most=float(g.points_max))
                   for g in result.groups)
    return Trial(
        points=float(shown(result.points)), out_of=float(result.out_of), most=float(result.points_max), grade=result.grade or "",
        next_grade=following.name if following else "", gap=float(shown(following.gap)) if following else None, groups=groups,
        losses=tuple(Loss(name=name, points=float(shown(points))) for _, name, points in lost(result)))


@lru_cache(maxsize=8)
def _scheme(folder: str) -> Scheme:
    return load_scheme(folder)
