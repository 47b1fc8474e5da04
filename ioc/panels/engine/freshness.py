"""How old a source's data are, against what the source promised: fresh, late, stale, dead, or never heard."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from ioc.profiles import Profile, SourceContract

# Multiples of the promised interval after which a source counts as late, stale, dead (domain §3.0: default 3 ×).
LATE, STALE, DEAD = 3, 6, 20
ORDER = ("fresh", "late", "stale", "dead", "none")


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """When a source was last heard: newest event time, and when the centre learnt it."""

    stream: str
    source: str
    last_occurred_at: datetime
    last_recorded_at: datetime
    simulated: bool


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """State of one source; the `_at` moments say when it turns, so that a screen can turn by itself."""

    source: str
    stream: str
    name: str
    name_en: str
    state: str
    heard_at: datetime | None
    occurred_at: datetime | None
    late_at: datetime | None
    stale_at: datetime | None
    dead_at: datetime | None


def freshness(profile: Profile, streams: Sequence[str], heard: Iterable[Heard], now: datetime) -> list[Freshness]:
    """Freshness of each source that the profile promises for these streams."""
    by_key = {(h.stream, h.source): h for h in heard}
    return [_one(profile, c, by_key.get((c.stream, c.source)), now) for c in profile.file.sources if c.stream in streams]


def _one(profile: Profile, contract: SourceContract, heard: Heard | None, now: datetime) -> Freshness:
    turns: list[datetime | None] = [None, None, None]
    state = "none"
    if heard is not None:
        # Outside opening hours, or just after them, the looser promise holds: a quiet night is no dead source.
        busy = profile.is_open(heard.last_recorded_at) and profile.is_open(now)
        expected = timedelta(seconds=contract.expected_s if busy else contract.expected_closed_s)
        turns = [heard.last_recorded_at + expected * factor for factor in (LATE, STALE, DEAD)]
        state = ORDER[sum(now >= turn for turn in turns if turn)]
    return Freshness(
        source=contract.source, stream=contract.stream, name=contract.name, name_en=contract.name_en, state=state,
        heard_at=heard.last_recorded_at if heard else None, occurred_at=heard.last_occurred_at if heard else None,
        late_at=turns[0], stale_at=turns[1], dead_at=turns[2],
    )


def worst(found: Sequence[Freshness]) -> Freshness | None:
    """The source that a card's state follows: the one in the worst state, of these the longest silent.

    One that was never heard of decides only where none was: it is named beside, and takes nothing from what the others told.
    """
    heard = [f for f in found if f.state != "none"] or found
    return max(heard, key=lambda f: (ORDER.index(f.state), -(f.heard_at.timestamp() if f.heard_at else 0)), default=None)
