"""Faults between a source and the broker: pure, seeded, over an iterator of encoded records. Each is off unless asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from ioc.clock import LOCAL
from ioc.errors import InputError
from simulators.engine.encode import Record

Fault = Callable[[Random, Iterable[Record]], Iterator[Record]]


def lose(random: Random, records: Iterable[Record], ratio: float = 0.02) -> Iterator[Record]:
    """Some records never arrive."""
    return (r for r in records if random.random() >= ratio)


def repeat(random: Random, records: Iterable[Record], ratio: float = 0.05) -> Iterator[Record]:
    """Some records arrive twice."""
    for record in records:
        yield record
        if random.random() < ratio:
            yield record


def delay(random: Random, records: Iterable[Record], ratio: float = 0.05, most: int = 2000) -> Iterator[Record]:
    """Some records arrive up to `most` records later."""
    waiting: list[tuple[int, Record]] = []
    for number, record in enumerate(records):
        if random.random() < ratio:
            waiting.append((number + random.randint(1, most), record))
        else:
            yield record
        ripe = [r for due, r in waiting if due <= number]
        if ripe:
            waiting = [(due, r) for due, r in waiting if due > number]
            yield from ripe
    yield from (r for _, r in waiting)


def disorder(random: Random, records: Iterable[Record], width: int = 50) -> Iterator[Record]:
    """Neighbouring records change places."""
    held: list[Record] = []
    for record in records:
        held.append(record)
        if len(held) >= width:
            yield held.pop(random.randrange(len(held)))
    random.shuffle(held)
    yield from held


def garble(random: Random, records: Iterable[Record], ratio: float = 0.01) -> Iterator[Record]:
    """Some values arrive cut off, which makes them no JSON."""
    for record in records:
        cut = random.random() < ratio
        yield record._replace(value=record.value[: random.randrange(1, len(record.value))]) if cut and len(record.value) > 1 else record


def clock_skew(random: Random, records: Iterable[Record], most_s: float = 1800.0) -> Iterator[Record]:
    """Each source's clock is wrong by an amount of its own, up to `most_s` either way."""
    skews: dict[bytes, timedelta] = {}
    for record in records:
        source = dict(record.headers)["ce_source"]
        if source not in skews:
            skews[source] = timedelta(seconds=round(random.uniform(-most_s, most_s)))
        at = record.at + skews[source]
        yield record._replace(at=at, headers=[(n, at.isoformat().encode() if n == "ce_time" else v) for n, v in record.headers])


def source_silent(random: Random, records: Iterable[Record], hours: float = 2.0) -> Iterator[Record]:
    """Every source says nothing for some hours once a local day, each at an hour of its own."""
    begins: dict[tuple[bytes, str], datetime] = {}
    for record in records:
        local = record.at.astimezone(LOCAL)
        key = (dict(record.headers)["ce_source"], f"{local:%Y-%m-%d}")
        if key not in begins:
            begins[key] = local.replace(hour=0, minute=0, second=0) + timedelta(hours=random.uniform(0, 24 - hours))
        if not begins[key] <= local < begins[key] + timedelta(hours=hours):
            yield record


FAULTS: dict[str, Fault] = {
    "lose": lose, "repeat": repeat, "delay": delay, "disorder": disorder, "garble": garble, "clock_skew": clock_skew,
    "source_silent": source_silent,
}


def disturbed(records: Iterator[Record], names: Sequence[str], seed: str) -> Iterator[Record]:
    """Records after the named faults, in the order of the names; each fault has a Random of its own.

    Raises:
        InputError: a name that no fault has.

    """
    for name in names:
        if name not in FAULTS:
            raise InputError(f"there is no fault '{name}'; known are {', '.join(FAULTS)}")
        records = FAULTS[name](Random(f"{seed}/{name}"), records)
    return records
