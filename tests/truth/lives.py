"""Made-up lives across a turn of the year, and the way they take to the sink: in any order, repeated, late, in any batches."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from tests.integration.streams_wire import BASE, at, event
from tests.oracle import Wire
from tests.oracle.wire import next_state, possible
from tests.truth.extras import EXTRAS

START = datetime(2025, 12, 30, 1, tzinfo=UTC)
LISTENING = tuple(datetime(2025, 12, 31, 3, tzinfo=UTC) + timedelta(hours=h) for h in (0, 15, 47, 103, 150))
"""When the sink is awake: on New Year's Eve before and after local midnight, on the first working day, on a Sunday, on Tuesday 6 January."""
NOW = LISTENING[-1] + timedelta(hours=1)
_STEPS = (0, 0, 1, 5, 17, 45, 180, 540, 1440, 2880)
_STEPS_AT_THE_DESK = (0, 1, 5, 14, 16, 31, 45, 180, 900)
_OLD = -200 * 1440
"""Some stories begin before 1 July 2025, when units changed: a period that holds both is asked for in two stretches."""


class Piece(NamedTuple):
    """What the sink is given at one moment."""

    recorded_at: datetime
    wires: list[Wire]


def lives(random: Random, streams: Mapping[str, Mapping[str, Mapping[str, str]]], most: int) -> list[Wire]:
    """Events of a few subjects of each stream, up to `most` in all; `streams`: name → transition table."""
    told: list[Wire] = []
    for stream, moves in streams.items():
        for subject in subjects(random, stream):
            told += life(random, stream, subject, random.randint(0, max(2, most // len(streams) // 2)), moves)
    random.shuffle(told)
    return told[:most]


def subjects(random: Random, stream: str) -> list[str]:
    """Ids of three subjects; an indicator's says what is told of whom for which period."""
    if stream == "indicator":
        possible = [f"{indicator}/{unit}/{period}" for indicator in ("work_dossiers_online", "plans_issued", "document_levels")
                    for unit in ("province", "U1") for period in ("2025", "2026", "2025-12", "2026-01", "2025-12-31", "2026-01-02")]
        return random.sample(possible, 3)
    return ["S1", "S2", "S3.05" if stream == "service" else "S3"]


def life(random: Random, stream: str, subject: str, steps: int, moves: Mapping[str, Mapping[str, str]]) -> list[Wire]:
    """A story that mostly keeps to the transition table and sometimes does not; many of its moments are equal or at midnight."""
    state, told = "", []
    now = START + timedelta(minutes=random.choice((_OLD, 0, 300, 480, 900, 1440, 2340, 2400, 4320)))
    steps_min = _STEPS_AT_THE_DESK if stream in {"counter", "camera"} else _STEPS
    for n in range(steps):
        permitted = possible(moves, state)
        fact = random.choice(permitted if permitted and random.randrange(8) else list(moves))
        state = next_state(moves[fact], state) or state
        now += timedelta(minutes=random.choice(steps_min))
        if random.randrange(10) == 0:
            now = now.replace(hour=17, minute=0)  # midnight of the province
        minutes = (now - BASE).total_seconds() / 60
        told.append(event(stream, fact, minutes, subject=subject, id_=f"{stream}-{subject}-{n}", source=random.choice(("/test/a", "/test/b")),
                          sequence=random.choice(("", "", f"{n:03}")), **_said(random, stream, fact, minutes, subject)))
    return [wire for wire in told if datetime.fromisoformat(wire["time"]) < LISTENING[-1]]


def _said(random: Random, stream: str, fact: str, minutes: float, subject: str) -> dict[str, Any]:
    def after(*choices: float) -> str:
        return at(minutes + random.choice(choices))

    # A camera hangs where it hangs; what else is told may be corrected to another unit.
    unit = {"S1": "U1", "S2": "U2"}.get(subject, "31510") if stream == "camera" else random.choice(("U1", "U2", "31510"))
    return {"unit_code": unit, **EXTRAS[stream](random, fact, after, subject)}


def deliveries(random: Random, wires: list[Wire]) -> list[Piece]:
    """Each event once at least, never before it occurred; some come again, and one moment's may come in pieces."""
    found: list[Piece] = []
    due: dict[datetime, list[Wire]] = {moment: [] for moment in LISTENING}
    for wire in wires:
        possible = [moment for moment in LISTENING if moment >= datetime.fromisoformat(wire["time"])]
        heard = random.choice((possible[0], random.choice(possible)))
        due[heard].append(wire)
        if random.randrange(4) == 0:
            due[random.choice([moment for moment in possible if moment >= heard])].append(wire)
    for moment, several in due.items():
        random.shuffle(several)
        size = random.choice((1, 2, 5, 100))
        found += [Piece(moment + timedelta(seconds=n), several[n : n + size]) for n in range(0, len(several), size)]
    return found


def recorded(pieces: list[Piece]) -> dict[tuple[str, str], datetime]:
    """When the sink first heard of each event, by source and id."""
    found: dict[tuple[str, str], datetime] = {}
    for piece in pieces:
        for wire in piece.wires:
            found.setdefault((wire["source"], wire["id"]), piece.recorded_at)
    return found


def told(pieces: Sequence[Piece]) -> str:
    """What was sent, one event a line: when it was recorded, when it occurred, what it says."""
    return "\n".join(f"{piece.recorded_at:%d %H:%M:%S} {wire['time']} {wire['source']} {wire['subject']} {wire['type']} {wire.get('sequence', '-')} "
                     f"{wire['data']}" for piece in pieces for wire in piece.wires)
