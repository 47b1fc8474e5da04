"""Simulated citizens: the same seed tells the same, labels are kept, nobody real is named, pictures are what they say."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from ioc.profiles import load_profile
from ioc.reports.photos import likeness, read_photo
from ioc.reports.terms import words_of
from simulators.citizens.door import fields, multipart
from simulators.citizens.pictures import picture
from simulators.citizens.run import reachable
from simulators.citizens.town import Telling, Town
from simulators.citizens.vocabulary import Hand, bare, spelt, vocabulary
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
START = datetime(2026, 11, 21, tzinfo=UTC)


def told(seed: int, number: int = 300) -> list[Telling]:
    town = Town(Random(seed), PROFILE)
    return [town.telling(START + timedelta(minutes=15 * n)) for n in range(number)]


def test_same_seed_tells_the_same_and_another_does_not() -> None:
    assert told(7) == told(7)
    assert told(7) != told(8)


def test_causes_are_told_by_several_in_other_words_at_other_places() -> None:
    stories: dict[int, list[Telling]] = {}
    for telling in told(1):
        stories.setdefault(telling.cause, []).append(telling)
    double = [story for story in stories.values() if len(story) > 1]
    assert len(double) > 40
    assert all(len({t.text for t in story if t.text}) == len([t for t in story if t.text]) for story in double)
    assert len({t.place for story in double for t in story if t.place}) > 80


def test_some_have_no_text_no_place_no_accents_or_another_category() -> None:
    tellings = told(2)
    assert all(5 < sum(wanting(t) for t in tellings) < 150 for wanting in (
        lambda t: not t.text, lambda t: t.place is None, lambda t: bool(t.text) and bare(t.text) == t.text, lambda t: t.category == "OT-OTHER"))


def test_categories_are_the_provinces() -> None:
    known = {category.code for category in PROFILE.categories}
    assert {code for kind in vocabulary().kinds for code in (kind.category, *kind.mistaken)} <= known


def test_bare_hand_writes_what_reads_the_same_without_accents() -> None:
    hand = Hand(bare=1.0, mistyped=0.0, shortened=0.0, small=True)
    text = "Đường có lỗ sâu trước cổng trường"
    assert words_of(spelt(Random(1), hand, text)) == words_of(text)


def test_contacts_are_of_numbers_and_domains_reserved_for_fiction() -> None:
    for telling in told(3, 100):
        form = fields(telling)
        assert form["email"].endswith("@example.org")
        assert form["phone"].startswith("+1 202 555 01")


def test_telling_without_a_pin_names_a_place_in_words() -> None:
    assert all(reachable(t).place or reachable(t).address for t in told(4))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_picture_that_is_handed_on_still_looks_like_the_first(seed: int) -> None:
    first, sent_on = (read_photo(picture(seed, "TR-ROAD", handed_on=n)).look for n in (0, 77))
    assert likeness(first, sent_on) > 0.8
    assert picture(seed, "TR-ROAD") == picture(seed, "TR-ROAD")


def test_form_holds_every_field_and_the_picture_whole() -> None:
    body, kind = multipart({"service_code": "TR-ROAD", "description": "Ổ gà"}, b"\xff\xd8jpeg")
    boundary = kind.partition("boundary=")[2].encode()
    assert body.count(b"--" + boundary) == 4
    assert "Ổ gà".encode() in body
    assert b"\xff\xd8jpeg\r\n--" + boundary + b"--\r\n" in body
