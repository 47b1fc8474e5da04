"""Which packets of a stream are decoded."""

from itertools import pairwise

from ioc.cameras.sources.thrift import Thrift


def decoded(beat_s: float, *, gop: int, seconds: float = 30, fps: int = 10, late_from: float = 1e9, late_s: float = 0.0) -> list[tuple[float, bool]]:
    """(when it was sent, whether alone) of what is decoded of a stream of 10 pictures a second with a key each `gop`."""
    thrift, found = Thrift(lambda: beat_s), []
    for n in range(int(seconds * fps)):
        sent = n / fps
        if thrift.wanted(sent + (late_s if sent >= late_from else 0), sent, key=n % gop == 0):
            found.append((sent, thrift.alone))
    return found


def test_everything_is_decoded_where_each_picture_is_wanted() -> None:
    assert len(decoded(0.1, gop=20)) == 300


def test_keys_are_enough_where_they_come_often_enough() -> None:
    later = [at for at, _ in decoded(2.0, gop=10) if at >= 10]
    assert 8 <= len(later) <= 11
    assert all(at == int(at) for at in later)
    assert max(b - a for a, b in pairwise(later)) <= 2.0


def test_everything_is_decoded_where_keys_are_rare() -> None:
    assert len(decoded(2.0, gop=100)) == 300


def test_every_picture_a_key_decodes_only_what_is_asked_for() -> None:
    later = [at for at, _ in decoded(2.0, gop=1) if at >= 10]
    assert len(later) == 10


def test_reader_that_fell_behind_leaps_to_keys_until_it_caught_up() -> None:
    behind = [at for at, _ in decoded(0.1, gop=20, late_from=10, late_s=3.0) if 10 <= at < 30]
    assert behind == [10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 22.0, 24.0, 26.0, 28.0]


def test_slow_drift_of_two_clocks_is_no_queue() -> None:
    thrift = Thrift(lambda: 0.1)
    assert all(thrift.wanted(n / 10 * 1.0005, n / 10, key=n % 20 == 0) for n in range(100_000))


def test_camera_that_begins_its_count_anew_is_not_behind() -> None:
    thrift = Thrift(lambda: 0.1)
    assert all(thrift.wanted(n / 10, n / 10 % 500, key=n % 20 == 0) for n in range(20_000))
