"""Điểm 766 – tính thử: the service-quality score of QĐ 766/QĐ-TTg, computed here from raw counts; the published one stands beside it."""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Literal

import msgspec

from ioc.errors import ConfigurationError
from ioc.profiles.rows import profile_folder

TITLE = "Điểm 766 – tính thử"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Raw counts of a unit, agency or province in a period; None = nobody counted it.

    In brackets the field of the national portal's reports.
    `received`: dossiers received (tongTiepNhan). `received_online`: of them over the network (tiepNhanQuaMang).
    `received_digitised`: of them with digitised components (coSoHoaTPHS). `received_reused`: of them that reuse digitised data (coTaiSuDungTPHS).
    `synchronised`: of them acknowledged by the national portal (tongDaDongBoVeDvcqg).
    `resolved`: dossiers resolved (daGiaiQuyet). `resolved_on_time`: of them early or on time (dungHan). `resolved_digitised`: of them with a
    digitised result (daGiaiQuyetDaSoHoa). `fee_due`: dossiers with a financial duty (tongCoNghiaVuTaiChinh). `paid_online`: of them paid online
    (daTTTTQuaDvcqg). `procedures`: procedures in force (tthc). `procedures_published_on_time`: of them published on time (tthcCongKhaiDungHan).
    `procedures_with_full_content`: of them published in full (tthcCongKhaiDayDu). `procedures_with_fee`: procedures with a fee (tthcCoPhiLePhi).
    `procedures_payable_online`: of them payable online (tthcThanhToanTrucTuyen). `services`: public services (dvc). `services_online`: of them full
    or partial online (dvcToanTrinh + dvcMotPhan). `services_with_online_dossiers`: of these with at least one online dossier (dvcPhatSinhHoSo).
    `ratings`, `ratings_satisfied`: answers on handling, and satisfied ones (danhGia, haiLong). `petitions_answered`, `petitions_on_time`: petitions
    answered (pakn, paknDungHan). `petition_ratings`, `petition_ratings_satisfied`: answers on petition handling (danhGiaPakn, haiLongPakn).
    """

    received: int | None = None
    received_online: int | None = None
    received_digitised: int | None = None
    received_reused: int | None = None
    synchronised: int | None = None
    resolved: int | None = None
    resolved_on_time: int | None = None
    resolved_digitised: int | None = None
    fee_due: int | None = None
    paid_online: int | None = None
    procedures: int | None = None
    procedures_published_on_time: int | None = None
    procedures_with_full_content: int | None = None
    procedures_with_fee: int | None = None
    procedures_payable_online: int | None = None
    services: int | None = None
    services_online: int | None = None
    services_with_online_dossiers: int | None = None
    ratings: int | None = None
    ratings_satisfied: int | None = None
    petitions_answered: int | None = None
    petitions_on_time: int | None = None
    petition_ratings: int | None = None
    petition_ratings_satisfied: int | None = None


COUNTS = tuple(f.name for f in fields(Counts))


class Criterion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a group: `target` is the share that earns its whole `weight`; `basis` '[K]' = to be confirmed by the province."""

    key: str
    name: str
    weight: Decimal
    target: Decimal
    numerator: str
    denominator: str
    basis: Literal["published", "[K]"]


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the six groups; its criteria's weights sum up to `points`."""

    key: str
    name: str
    name_en: str
    points: Decimal
    criteria: tuple[Criterion, ...]


class Scheme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scoring of a profile. `grades`: name → least total, highest first."""

    grades: dict[str, Decimal]
    groups: tuple[Group, ...]

    def grade(self, total: Decimal | Fraction) -> str:
        """Grade of a total over all 100 points."""
        return next(name for name, least in self.grades.items() if total >= least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Score of a criterion; `points` is None where a count is missing or the base is 0: "chưa có số liệu"."""

    key: str
    name: str
    weight: Decimal
    points: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupScore:
    """Points of a group over the `out_of` of its criteria that have figures; `points_max` is the group's whole."""

    key: str
    name: str
    points: Fraction
    out_of: Decimal
    points_max: Decimal
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`grade` is None unless all points could be computed: half a score has no grade."""

    points: Fraction
    out_of: Decimal
    points_max: Decimal
    grade: str | None
    groups: tuple[GroupScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The national portal's own score and its day; ranks are shown only as published."""

    points: Decimal
    on: date
    rank: int | None = None
    out_of: int | None = None


def load_scheme(name: str) -> Scheme:
    """Read quality766.toml of a profile.

    Raises:
        ConfigurationError: a missing or malformed file, weights that do not sum up, a count that does not exist.

    """
    try:
        raw: dict[str, Any] = tomllib.loads(profile_folder(name).joinpath("quality766.toml").read_text(encoding="utf-8"), parse_float=Decimal)
        scheme = msgspec.convert(raw, Scheme)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"profile '{name}', quality766.toml: {error}") from None
    if wrong := _wrong(scheme):
        raise ConfigurationError(f"profile '{name}', quality766.toml: {wrong}")
    return scheme


def _wrong(scheme: Scheme) -> str | None:
    limits = list(scheme.grades.values())
    if not limits or limits != sorted(set(limits), reverse=True) or limits[-1] != 0:
        return "[grades] must fall from the highest to 0"
    for group in scheme.groups:
        if sum(c.weight for c in group.criteria) != group.points:
            return f"the weights of '{group.key}' sum up to {sum(c.weight for c in group.criteria)}, not to its {group.points} points"
        for c in group.criteria:
            if unknown := {c.numerator, c.denominator} - set(COUNTS):
                return f"'{c.key}' names the count '{unknown.pop()}', which does not exist; known are {', '.join(COUNTS)}"
            if c.weight <= 0 or not 0 < c.target <= 1:
                return f"'{c.key}': its weight must be above 0, its target a share above 0 and up to 1"
    total = sum(group.points for group in scheme.groups)
    return None if total == 100 else f"the groups sum up to {total} points, not to 100"


def score(counts: Counts, scheme: Scheme) -> Score:
    """Score of raw counts: per criterion weight × min(1, share / target)."""
    groups = tuple(_group(counts, group) for group in scheme.groups)
    points, out_of = sum((g.points for g in groups), Fraction()), sum((g.out_of for g in groups), Decimal())
    points_max = sum((g.points_max for g in groups), Decimal())
    return Score(points=points, out_of=out_of, points_max=points_max, grade=scheme.grade(points) if out_of == points_max else None, groups=groups)


def _group(counts: Counts, group: Group) -> GroupScore:
    parts = tuple(Part(key=c.key, name=c.name, weight=c.weight, points=_points(counts, c)) for c in group.criteria)
    known = [part for part in parts if part.points is not None]
    return GroupScore(
        key=group.key, name=group.name, points=sum((part.points for part in known if part.points is not None), Fraction()),
        out_of=sum((part.weight for part in known), Decimal()), points_max=group.points, parts=parts,
    )


def _points(counts: Counts, criterion: Criterion) -> Fraction | None:
    numerator: int | None = getattr(counts, criterion.numerator)
    denominator: int | None = getattr(counts, criterion.denominator)
    if numerator is None or not denominator:
        return None
    return Fraction(criterion.weight) * min(Fraction(1), Fraction(numerator, denominator) / Fraction(criterion.target))


def lost(result: Score) -> tuple[tuple[str, str, Fraction], ...]:
    """Where points were lost, most first: (group, criterion, points); criteria without figures lose nothing and are not among them."""
    found = [(g.name, p.name, Fraction(p.weight) - p.points) for g in result.groups for p in g.parts if p.points is not None]
    return tuple(sorted((item for item in found if item[2] > 0), key=lambda item: -item[2]))


def difference(result: Score, published: Published) -> Decimal | None:
    """Trial minus published, in printed digits; None while the trial lacks figures."""
    return None if result.grade is None else shown(result.points) - published.points


def shown(points: Fraction) -> Decimal:
    """Points as printed: two decimals, half up, but never a whole number that was not reached: 79.996 is no 80."""
    exact, hundredth = Decimal(points.numerator) / Decimal(points.denominator), Decimal("0.01")
    found = exact.quantize(hundredth, rounding=ROUND_HALF_UP)
    return exact.quantize(hundredth, rounding=ROUND_FLOOR) if found > exact and found == found.to_integral_value() else found


def sentence(result: Score) -> str:
    """The total in words."""
    number = f"{shown(result.points):f}".rstrip("0").rstrip(".").replace(".", ",")
    if result.grade is None:
        missing = f"{result.points_max - result.out_of:f}"
        return f"{TITLE}: {number} trên {result.out_of:f} điểm tính được; {missing} điểm chưa có số liệu, chưa xếp loại"
    return f"{TITLE}: {number}/{result.points_max:f} – {result.grade}"
