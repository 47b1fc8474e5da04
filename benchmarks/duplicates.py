"""How many duplicates are found, and how many of those that are suggested are none: the explained score beside "same category within 250 m".

python -m benchmarks.duplicates [--fit] [--seeds 11,12,13] [--reports N] [--dsn DSN]

The labels are the simulator's own: it knows which tellings have one cause. Weights are fitted on FITTED_ON (--fit prints them for
ioc/reports/likeness.py) and judged on other seeds, through the same statements as in the running centre.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import uuid4

import numpy as np

from benchmarks.sink import database
from ioc.db.connect import Connection, connect
from ioc.people.principal import Grant, Scope
from ioc.people.seals import Seals
from ioc.places.distance import metres
from ioc.profiles import load_profile
from ioc.reports.duplicates import NO_PLACE_WINDOW, THRESHOLD, candidates, load_kinship, rarity, trace
from ioc.reports.likeness import REACH_M, WINDOW, Kinship, Rarity, Trace, compare, features
from ioc.reports.photos import read_photo
from ioc.reports.terms import digests, words_of
from simulators.citizens.pictures import picture
from simulators.citizens.town import Telling, Town
from tests.conftest import fresh_database

FITTED_ON = (1, 2, 3)
JUDGED_ON = (11, 12, 13)
START = datetime(2026, 11, 1, tzinfo=UTC)
EVERYTHING = Scope(grants=(Grant(role="operator"),))
RULE_M = 250.0
RIDGE = 2.0
PROFILE = "soc_trang"
SEALS = Seals([b"b" * 32])
CHICAGO = Path(__file__).resolve().parents[2] / "shared" / "data" / "open311_chicago_2014.json"


class Labelled(NamedTuple):
    """A report and the number of its cause."""

    trace: Trace
    cause: int


class Pair(NamedTuple):
    """Two reports: whether they have one cause, the score (-1: never compared), and what the plain rule says."""

    same: bool
    score: float
    by_rule: bool


def world(seed: int, reports: int) -> list[Labelled]:
    """Reports of a province over `reports` quarters of an hour, about twice as dense as the real one."""
    random = Random(seed)
    town, at, made = Town(random, load_profile(PROFILE)), START, []
    for _ in range(reports):
        at += timedelta(minutes=random.expovariate(1 / 15))
        made.append(labelled(town.telling(at)))
    return made


def labelled(told: Telling) -> Labelled:
    lon, lat = told.place or (None, None)
    looks = () if told.picture is None else (
        read_photo(picture(told.picture[0], told.category, handed_on=told.number if told.picture[1] else 0)).look,)
    words = frozenset(digests(SEALS, words_of(f"{told.text} {told.address}")))
    return Labelled(Trace(subject=f"PA-{told.number:06}", category=told.category, submitted_at=told.at, lon_deg=lon, lat_deg=lat,
                          address=told.address, words=words, looks=looks), told.cause)


def store(conn: Connection, made: Sequence[Labelled]) -> None:
    """Put reports where the centre would have them, without their way through Kafka."""
    with conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(
            "insert into report_state (subject, state, version, first_at, last_sequence, last_rank, last_source, last_id, simulated, recorded_at, "
            "jurisdiction, org_code, unit_code, category, channel, lon_deg, lat_deg, submitted_at, note_count, returned_count, reopened_count) "
            "values (%s, 'submitted', 1, %s, '', 0, '', '', true, %s, '', '', '', %s, 'web', %s, %s, %s, 0, 0, 0)",
            [(t.subject, t.submitted_at, t.submitted_at, t.category, t.lon_deg, t.lat_deg, t.submitted_at) for t, _ in made])
        cursor.executemany("insert into report_words (subject, words) values (%s, %s)", [(t.subject, sorted(t.words)) for t, _ in made if t.words])
        cursor.executemany(
            "insert into report_photo (media_id, subject, stage, body, sha256, look, width, height, kept_at, kept_by) "
            "values (%s, %s, 'before', '', '', %s, 1, 1, %s, 'benchmark')",
            [(uuid4(), t.subject, look, t.submitted_at) for t, _ in made for look in t.looks])
        cursor.executemany(
            "insert into report_filing (subject, jurisdiction, category, channel, receipt_digest, actor, key, digest, event_id, address, filed_at) "
            "values (%s, '', %s, 'web', sha256(%s::bytea), 'benchmark', %s, '', '', %s, %s)",
            [(t.subject, t.category, t.subject.encode(), t.subject, t.address, t.submitted_at) for t, _ in made])
        cursor.execute("analyze report_state")


def judged(conn: Connection, made: Sequence[Labelled], kinship: Kinship) -> list[Pair]:
    """Every pair that is alike in truth, by the rule, or that the centre compares."""
    cause, traces = {t.subject: c for t, c in made}, {t.subject: t for t, _ in made}
    rare, scores = rarity(conn, ""), dict[frozenset[str], float]()
    for subject in traces:
        report = trace(conn, subject, EVERYTHING)
        assert report
        for other in candidates(conn, report, EVERYTHING, rare):
            scores[frozenset((subject, other.subject))] = compare(report, other, kinship, rare).score
    pairs = []
    for a, b in combinations(traces, 2):
        same, by_rule, score = cause[a] == cause[b], rule(traces[a], traces[b]), scores.get(frozenset((a, b)), -1.0)
        if same or by_rule or score >= 0:
            pairs.append(Pair(same, score, by_rule))
    return pairs


def rule(one: Trace, other: Trace, metres_apart: float = RULE_M, window: timedelta = WINDOW) -> bool:
    """The plain rule, within the same days."""
    return (one.category == other.category and abs(one.submitted_at - other.submitted_at) <= window and one.place is not None
            and other.place is not None and metres(one.place, other.place) <= metres_apart)


def comparable(made: Sequence[Labelled], rare: Rarity) -> Iterator[tuple[Labelled, Labelled]]:
    """Pairs like those that the centre compares."""
    for one, other in combinations(made, 2):
        apart = abs(one.trace.submitted_at - other.trace.submitted_at)
        if one.trace.place and other.trace.place:
            if apart <= WINDOW and metres(one.trace.place, other.trace.place) <= 1.5 * REACH_M:
                yield one, other
        elif apart <= NO_PLACE_WINDOW and any(rare.counts.get(w, 0) <= 0.05 * rare.reports for w in one.trace.words & other.trace.words):
            yield one, other


def fit(seeds: Sequence[int], reports: int, kinship: Kinship) -> dict[str, float]:
    """Weights of a logistic regression (Newton's method, ridge); a feature that is not known is 0 and so says nothing."""
    rows: list[dict[str, float]] = []
    truth: list[float] = []
    for seed in seeds:
        made = world(seed, reports)
        counts: dict[int, int] = {}
        for t, _ in made:
            for word in t.words:
                counts[word] = counts.get(word, 0) + 1
        rare = Rarity(reports=sum(bool(t.words) for t, _ in made), counts=counts)
        for one, other in comparable(made, rare):
            rows.append(features(one.trace, other.trace, kinship, rare))
            truth.append(float(one.cause == other.cause))
    names = sorted({name for row in rows for name in row})
    x = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    y, weights = np.array(truth), np.zeros(len(names))
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(names))
        weights += np.linalg.solve(hessian, x.T @ (y - p) - RIDGE * weights)
    sys.stdout.write(f"fitted on {len(rows)} pairs, {int(y.sum())} of one cause\n")
    return dict(zip(names, weights.tolist(), strict=True))


def at_precision(pairs: Sequence[Pair], wanted: float) -> tuple[float, float, float]:
    """(threshold, precision, recall) of the lowest threshold at which the score is at least so precise."""
    whole, found, right, best = sum(p.same for p in pairs), 0, 0, (1.0, 1.0, 0.0)
    for pair in sorted((p for p in pairs if p.score >= 0), key=lambda p: -p.score):
        found, right = found + 1, right + pair.same
        if right / found >= wanted:
            best = (pair.score, right / found, right / whole)
    return best


def told(pairs: Sequence[Pair]) -> list[str]:
    """What one seed showed."""
    whole, by_rule = sum(p.same for p in pairs), [p for p in pairs if p.by_rule]
    right = sum(p.same for p in by_rule)
    precision, recall = right / len(by_rule), right / whole
    threshold, equal, more = at_precision(pairs, precision)
    lines = [f"pairs of one cause {whole}; rule: precision {precision:.3f}, recall {recall:.3f}",
             f"score at equal precision ({equal:.3f}, threshold {threshold:.2f}): recall {more:.3f} = {more / recall:.2f} times as many"]
    for least in (THRESHOLD, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9):
        shown = [p for p in pairs if p.score >= least]
        hits = sum(p.same for p in shown)
        lines.append(f"  threshold {least:.2f}: precision {hits / max(1, len(shown)):.3f}, recall {hits / whole:.3f}")
    return lines


def real(kinship: Kinship, file: Path) -> list[str]:
    """The real requests: their city linked none of them with another one, so that all suggestions but those of follow-ons count as false."""
    found = [(Trace(subject=r["service_request_id"], category=r["service_name"], submitted_at=datetime.fromisoformat(r["requested_datetime"]),
                    lon_deg=r["long"], lat_deg=r["lat"], address=r["address"]), r) for r in json.loads(file.read_bytes())]
    ids = {t.subject for t, _ in found}
    linked = {n["extended_attributes"]["service_request_id"] for _, r in found for n in r.get("notes", [])
              if n["type"] == "follow_on_created" and n.get("extended_attributes")} & ids
    pairs = [(a, b) for (a, _), (b, _) in combinations(found, 2)]
    suggested = [(a, b) for a, b in pairs if abs(a.submitted_at - b.submitted_at) <= WINDOW and compare(a, b, kinship, Rarity()).score >= THRESHOLD
                 and metres(a.place or (0, 0), b.place or (0, 0)) <= 1.5 * REACH_M]
    ruled = [(a, b) for a, b in pairs if rule(a, b)]
    anytime = [(a, b) for a, b in pairs if rule(a, b, window=timedelta(days=400))]
    return [(f"real requests: {len(found)}, pairs {len(pairs)}, linked with one another by their city {len(linked)}; "
            f"suggested by the score {len(suggested)}, by the rule {len(ruled)} (without its days {len(anytime)}): "
            f"{[(a.subject, b.subject) for a, b in suggested]}")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--seeds", default=",".join(map(str, JUDGED_ON)))
    parser.add_argument("--reports", type=int, default=1500)
    parser.add_argument("--dsn")
    options = parser.parse_args()
    kinship = load_kinship(load_profile(PROFILE))
    if options.fit:
        weights = fit(FITTED_ON, options.reports, kinship)
        sys.stdout.write("".join(f'    "{name}": {value:.2f},\n' for name, value in weights.items()))
        return 0
    whole: list[Pair] = []
    with database(options.dsn) as server:
        for seed in map(int, options.seeds.split(",")):
            with fresh_database(server) as dsn, connect(dsn, application="benchmark", autocommit=True) as conn:
                made = world(seed, options.reports)
                store(conn, made)
                pairs = judged(conn, made, kinship)
            whole += pairs
            sys.stdout.write(f"seed {seed}: " + "\n".join(told(pairs)) + "\n")
            sys.stdout.flush()
    sys.stdout.write("all seeds: " + "\n".join(told(whole)) + "\n")
    if CHICAGO.exists():
        sys.stdout.write("\n".join(real(kinship, CHICAGO)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
