"""What a heartbeat may say, and how a screen stands by what it last said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ioc.errors import InputError
from ioc.people.heartbeats import BEHIND, STATES, Painted, read_beat, state_of

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def last(**said: Any) -> Painted:
    """What a screen that is well said five seconds ago, but for what is told."""
    at = NOW - timedelta(seconds=5)
    well: dict[str, Any] = {"heard_at": at, "painted_at": at, "epoch": "e", "frame": 40, "newest": 41, "page": "/wall", "shown": None, "data_as_of": at,
                            "link": "live", "size": "1920×1080@1", "heap_bytes": 1, "build": "b"}
    return Painted(screen="screen:1", **(well | said))


@pytest.mark.parametrize(("said", "state"), [
    ({}, "painting"), ({"link": "stalled"}, "old"), ({"link": "lost"}, "old"), ({"newest": 41 + BEHIND}, "behind"), ({"newest": None}, "painting"),
    ({"painted_at": None}, "frozen"), ({"painted_at": NOW - timedelta(seconds=40)}, "frozen"), ({"heard_at": NOW - timedelta(seconds=31)}, "silent"),
])
def test_state_follows_what_was_painted(said: dict[str, Any], state: str) -> None:
    assert state_of(last(**said), NOW) == state
    assert state in STATES


def test_screen_that_never_spoke_has_a_state_of_its_own() -> None:
    assert state_of(None, NOW) == "never"


def test_frame_of_another_epoch_is_not_counted() -> None:
    assert (last().behind, last(newest=None).behind, last(frame=50).behind) == (1, None, 0)


def test_page_of_an_older_release_is_understood() -> None:
    beat, _ = read_beat(b'{"screen": "s", "epoch": "e", "n": 3, "page": "/wall", "watermark": null, "headlines": "x", "link": "live", "heap": 5}')
    assert (beat.n, beat.page, beat.painted_s, beat.size) == (3, "/wall", None, None)


@pytest.mark.parametrize("raw", [
    b"", b"[]", b"\xff", b'{"cause": "\xff"}', b'{"n": "3"}', b'{"n": 1e300}', b'{"painted_s": -1}', b'{"page": 5}', b'{"watermark": "today"}', b'{"heap": 99999999999999999999}',
    b'{"link": "' + b"x" * 401 + b'"}', b'{"b": ' + b"[" * 4000,
])
def test_what_is_no_heartbeat_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError, match="a heartbeat is a JSON object"):
        read_beat(raw)


@pytest.mark.parametrize("raw", [b'{"screen": "a\\u0000"}', b'{"screen": "a", "b": {"c": ["\\u0000"]}}'])
def test_character_that_no_database_holds_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError, match="a heartbeat holds a character"):
        read_beat(raw)
