"""What it costs to find the unit of a point: a layer of boundaries against points spread over it and around it, in batches."""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from ioc.places.reading import read_vector
from ioc.places.tagging import Layer, Tagger

DAY = date(2026, 11, 21)
BATCHES = (1, 100, 1_000, 10_000)


def _cells(across: int) -> Layer:
    """A stand-in where no file is given: across × across units whose borders are broken lines of some hundred corners."""
    rng = np.random.default_rng(1)
    shapes = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(rng.uniform(0, 1, (across * across, 2)))))
    return Layer(valid_from=DAY, valid_to=None, codes=[f"{i:05}" for i in range(len(shapes))], shapes=list(shapely.segmentize(shapes, 0.001)))


def _layer(file: Path) -> Layer:
    frame = read_vector(file).frame
    codes = [str(code) for code in frame["code"]] if "code" in frame else [f"{i:05}" for i in range(len(frame))]
    return Layer(valid_from=DAY, valid_to=None, codes=codes, shapes=list(frame.geometry))


def measure(layer: Layer, batch: int, *, points: int, rounds: int) -> float:
    """Points a second, best of some rounds, given as lists and with a day each, as a stream gives them."""
    tagger, rng = Tagger([layer]), np.random.default_rng(2)
    west, south, east, north = shapely.total_bounds(np.array(layer.shapes))
    batches = [(rng.uniform(west, east, batch).tolist(), rng.uniform(south, north, batch).tolist(), [DAY] * batch)
               for _ in range(max(1, points // batch))]
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for lons, lats, days in batches:
            tagger.tag(lons, lats, days)
        best = min(best, time.perf_counter() - start)
    return batch * len(batches) / best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="boundaries (any vector file); without, made-up cells")
    parser.add_argument("--points", type=int, default=200_000)
    options = parser.parse_args()
    layer = _layer(options.file) if options.file else _cells(7)
    corners = int(shapely.get_num_coordinates(np.array(layer.shapes)).sum())
    start = time.perf_counter()
    Tagger([layer])
    sys.stdout.write(f"{len(layer.codes)} units, {corners:,} corners; made ready in {time.perf_counter() - start:.2f} s\n")
    speeds = {batch: measure(layer, batch, points=min(options.points, 2_000 * batch), rounds=5) for batch in BATCHES}
    sys.stdout.write("".join(f"batches of {batch:>6,}: {speed / 1e6:.2f} million/s\n" for batch, speed in speeds.items()))
    sys.stdout.write(f"points in polygon = {speeds[1_000] / 1e6:.2f} million/s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
