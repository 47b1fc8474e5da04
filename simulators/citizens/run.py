"""One run: so many reports an hour through the door, the label of each kept in a file, their state read by GET and nothing else."""

import argparse
import json
import logging
import signal
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from ioc.clock import Clock, SystemClock
from ioc.errors import InputError, IocError, UnavailableError
from ioc.profiles import load_profile
from simulators.citizens.door import Door
from simulators.citizens.town import REALISM, Telling, Town

FOLLOWED = 30
AGAIN_S = 5.0
MOST_RATE = 3600.0


@dataclass(slots=True)
class Visit:
    """Citizens at the door. `labels`: file with one line a report, which says what its cause was."""

    door: Door
    town: Town
    labels: Path
    clock: Clock
    stop: threading.Event
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    followed: deque[str] = field(default_factory=lambda: deque(maxlen=FOLLOWED))
    states: dict[str, str] = field(default_factory=dict)

    def wait_for_the_door(self) -> bool:
        """False = told to stop first."""
        while not self.stop.is_set():
            if self.door.answers():
                return True
            self.stop.wait(2.0)
        return False

    def tell(self) -> None:
        """Send the next report; again and again where the centre is away, dropped with a word where it is refused."""
        telling = reachable(self.town.telling(self.clock.now()))
        while not self.stop.is_set():
            try:
                required = self.known.get(telling.category)
                if required is None:
                    required = self.known[telling.category] = self.door.required(telling.category)
                subject = self.door.send(telling, required)
            except UnavailableError as away:
                logging.getLogger(__name__).warning("waiting: %s", away)
                self.stop.wait(AGAIN_S)
            except InputError as refused:
                logging.getLogger(__name__).warning("refused: %s", refused)
                return
            else:
                self._note(subject, telling)
                return

    def follow(self) -> None:
        """Read how one of the last reports stands."""
        if not self.followed:
            return
        self.followed.rotate(-1)
        subject = self.followed[0]
        try:
            state = self.door.status(subject)
        except UnavailableError:
            return
        if state and self.states.get(subject, "open") != state:
            print(f"{subject} is {state}", flush=True)
        self.states[subject] = state

    def _note(self, subject: str, telling: Telling) -> None:
        line = {"subject": subject, "cause": f"{self.door.run}-{telling.cause}", "at": telling.at.isoformat(), "category": telling.category}
        with self.labels.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.followed.append(subject)


def reachable(telling: Telling) -> Telling:
    """The telling as the door takes it: without a pin it names a place in words."""
    return telling if telling.place or telling.address else replace(telling, address="không rõ số nhà")


def visit(stay: Visit, options: argparse.Namespace, gaps: Random) -> None:
    """Tell until the count is reached or told to stop."""
    at_once = 0 if stay.labels.exists() else options.at_once
    if not stay.wait_for_the_door():
        return
    print(f"live: {at_once} at once, then {options.rate:g} an hour", flush=True)
    told = 0
    while not stay.stop.is_set() and (options.count == 0 or told < options.count):
        if told >= at_once and stay.stop.wait(gaps.expovariate(options.rate / 3600)):
            return
        stay.tell()
        stay.follow()
        told += 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 at the end or when told to stop, 2 with a sentence for what cannot be used."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    options = _parser().parse_args(arguments)
    if options.realism:
        print(REALISM)
        return 0
    try:
        _run(options, SystemClock(), stop)
    except IocError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(options: argparse.Namespace, clock: Clock, stop: threading.Event) -> None:
    if not 0 < options.rate <= MOST_RATE:
        raise InputError(f"--rate {options.rate:g} must lie above 0 and be at most {MOST_RATE:g} an hour")
    labels = Path(options.labels)
    told = sum(1 for _ in labels.open(encoding="utf-8")) if labels.exists() else 0
    run = f"{options.seed}.{told}"  # a run that goes on tells new stories
    try:
        key = Path(options.key_file).read_text(encoding="utf-8").strip()
    except OSError as missing:
        raise InputError(f"the key file '{options.key_file}' cannot be read ({missing.strerror}): `ioc source-key add` prints a key") from None
    door = Door(url=options.url.rstrip("/"), key=key, run=f"citizens-{run}")
    town = Town(Random(run), load_profile(options.profile))
    visit(Visit(door, town, labels, clock, stop), options, Random(f"{run}/gaps"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.citizens", description="Simulated citizens at a running centre's Open311 door.")
    add = parser.add_argument
    add("--url", default="http://127.0.0.1:8050", help="the centre (http://127.0.0.1:8050)")
    add("--key-file", metavar="FILE", default="citizens.key", help="file with a key of `ioc source-key add … --streams report` (citizens.key)")
    add("--profile", default="soc_trang", help="name of a shipped profile, or the path of a profile folder (soc_trang)")
    add("--seed", default="1", help="same seed, same stories (1)")
    add("--rate", type=float, default=20.0, help="reports an hour (20)")
    add("--count", type=int, default=0, help="end after so many (0 = never)")
    add("--at-once", type=int, default=0, help="reports at once before the rate begins, where the file of labels is not there yet (0)")
    add("--labels", metavar="FILE", default="citizens.jsonl", help="which reports have one cause, a line each (citizens.jsonl)")
    add("--realism", action="store_true", help="say what is true to life, assumed and made up, and end")
    return parser
