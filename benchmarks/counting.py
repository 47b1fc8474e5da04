"""How well what `ioc cameras` counts agrees with a person's count: crossings of a line and people in view, on a clip counted by hand.

`python -m benchmarks.counting VIDEO` takes the counts of tests/data/vtest_*.csv, or those named. docs/cameras.md says how they were made.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from ioc.cameras.contract import Picture
from ioc.cameras.look.flow import LEAST_SHARE, Counter
from ioc.cameras.look.people import FAR, People
from ioc.cameras.sites import Corner

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
LINE: tuple[Corner, ...] = ((350 / 768, 1.0), (350 / 768, 0.25))
"""From the lower edge upwards: who walks to the right comes in."""
START = datetime(2026, 1, 1, tzinfo=UTC)
NEAR_S = 1.5


class Crossed(NamedTuple):
    at_s: float
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of one direction and part: counted by hand, by the machine, and how many of them are the same crossing."""

    hand: int
    machine: int
    both: int

    @property
    def precision(self) -> float:
        return self.both / self.machine if self.machine else 1.0

    @property
    def recall(self) -> float:
        return self.both / self.hand if self.hand else 1.0


def frames(video: Path) -> Iterator[Picture]:
    film = cv2.VideoCapture(str(video))
    while True:
        is_there, picture = film.read()
        if not is_there:
            return
        yield np.asarray(picture, np.uint8)


def by_hand(file: Path, fps: float) -> list[Crossed]:
    with file.open(encoding="utf-8") as lines:
        return [Crossed(int(row["frame"]) / fps, row["direction"]) for row in csv.DictReader(lines)]


def by_machine(pictures: Iterator[Picture], fps: float, line: Sequence[Corner] = LINE) -> list[Crossed]:
    counter, found = Counter(line, LEAST_SHARE["people_flow"]), []
    for number, picture in enumerate(pictures):
        at = START + timedelta(seconds=number / fps)
        found += [Crossed(number / fps, crossing.direction) for crossing in counter.step(picture, at, 1 / fps if number else 0.0)]
    return found


def agreement(hand: Sequence[Crossed], machine: Sequence[Crossed], direction: str) -> Agreement:
    """Each crossing counts once; the nearest in time belong together, at most NEAR_S apart."""
    ours, theirs = ([c.at_s for c in which if c.direction == direction] for which in (hand, machine))
    both, used_hand, used_machine = 0, set[int](), set[int]()
    for apart_s, h, m in sorted((abs(a - b), h, m) for h, a in enumerate(ours) for m, b in enumerate(theirs)):
        if apart_s <= NEAR_S and h not in used_hand and m not in used_machine:
            used_hand.add(h)
            used_machine.add(m)
            both += 1
    return Agreement(hand=len(ours), machine=len(theirs), both=both)


def people_in_view(pictures: Iterator[Picture], file: Path, begin: int = 0) -> list[tuple[int, int, int]]:
    """(frame, by hand, by machine), from a frame on."""
    with file.open(encoding="utf-8") as lines:
        known = {number: int(row["people"]) for row in csv.DictReader(lines) if (number := int(row["frame"])) >= begin}
    detector = People(FAR)
    return [(number, known[number], len(detector.find(picture))) for number, picture in enumerate(pictures) if number in known]


def _told_crossings(hand: Sequence[Crossed], machine: Sequence[Crossed], end_s: float) -> Iterator[str]:
    for name, begin_s, until_s in (("first half", 0.0, end_s / 2), ("second half", end_s / 2, end_s + 1), ("all", 0.0, end_s + 1)):
        for direction in ("in", "out"):
            ours, theirs = ([c for c in which if begin_s <= c.at_s < until_s] for which in (hand, machine))
            own = agreement(ours, theirs, direction)
            yield (f"{name}, {direction}: by hand {own.hand}, by machine {own.machine}, the same {own.both}; "
                   f"precision {own.precision:.2f}, recall {own.recall:.2f}")


def _told_people(found: Sequence[tuple[int, int, int]]) -> Iterator[str]:
    for name, part in (("first half", found[:len(found) // 2]), ("second half", found[len(found) // 2:])):
        errors = np.array([machine - hand for _, hand, machine in part])
        yield (f"people in view, {name}: {len(part)} pictures, {np.mean([hand for _, hand, _ in part]):.1f} people each; "
               f"mean absolute error {np.abs(errors).mean():.2f}, bias {errors.mean():+.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--crossings", type=Path, default=DATA / "vtest_crossings.csv")
    parser.add_argument("--people", type=Path, default=DATA / "vtest_people.csv")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    fps = cv2.VideoCapture(str(options.video)).get(cv2.CAP_PROP_FPS)
    pictures = list(frames(options.video))
    start = time.thread_time()
    machine = by_machine(iter(pictures), fps)
    flow_ms = (time.thread_time() - start) / len(pictures) * 1000
    start = time.thread_time()
    view = people_in_view(iter(pictures), options.people)
    people_ms = (time.thread_time() - start) / len(view) * 1000
    told = [f"{len(pictures)} pictures of {pictures[0].shape[1]}×{pictures[0].shape[0]}, {fps:g} a second",
            *_told_crossings(by_hand(options.crossings, fps), machine, len(pictures) / fps), *_told_people(view),
            f"cost of a core: {flow_ms:.1f} ms a picture to follow, {people_ms:.0f} ms a picture to find people"]
    sys.stdout.write("\n".join(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
