"""What is counted on a real clip against a person's count; docs/cameras.md says how both were made. The bounds are a little looser than what was measured."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.counting import DATA, Agreement, Crossed, agreement, by_hand, by_machine, frames, people_in_view
from ioc.cameras.contract import Picture

VIDEO = Path(__file__).resolve().parents[4] / "shared" / "data" / "vtest.avi"
FPS = 10


@pytest.fixture(scope="module")
def clip() -> Sequence[Picture]:
    if not VIDEO.is_file():
        pytest.skip("the clip is not there")
    cv2.setNumThreads(1)
    return list(frames(VIDEO))


def test_crossings_of_a_real_clip_agree_with_a_persons_count(clip: Sequence[Picture]) -> None:
    hand, machine = by_hand(DATA / "vtest_crossings.csv", FPS), by_machine(iter(clip), FPS)
    for direction in ("in", "out"):
        found = agreement(hand, machine, direction)
        assert found.hand == {"in": 14, "out": 18}[direction]
        assert found.precision >= 0.85, (direction, found)
        assert found.recall >= 0.85, (direction, found)


def test_people_in_view_of_a_real_clip_agree_with_a_persons_count(clip: Sequence[Picture]) -> None:
    found = people_in_view(iter(clip), DATA / "vtest_people.csv", begin=400)  # the half on which nothing was chosen
    errors = np.array([machine - hand for _, hand, machine in found])
    assert len(found) == 8
    assert np.abs(errors).mean() <= 1.3
    assert abs(errors.mean()) <= 0.6


def test_crossings_agree_each_once_and_only_near_in_time() -> None:
    hand = [Crossed(1.0, "in"), Crossed(2.0, "in"), Crossed(9.0, "out")]
    machine = [Crossed(1.4, "in"), Crossed(8.0, "in"), Crossed(9.0, "in")]
    assert agreement(hand, machine, "in") == Agreement(hand=2, machine=3, both=1)
    assert agreement(hand, machine, "out") == Agreement(hand=1, machine=0, both=0)
