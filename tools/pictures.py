"""The pictures of the README: the fictional province's wall and pages, from a running demo of that profile.

IOC_PROFILE=tests/profiles/binh_minh IOC_DATA=DIR IOC_PORT=N make demo     (in another terminal, until the history is written)
IOC_PROFILE=tests/profiles/binh_minh IOC_DATA=DIR python -m tools.pictures --port N
"""

import argparse
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.screen import screen_cookie
from benchmarks.soak import CHROMIUM, FLAGS

FOLDER = Path("docs/pictures")
WIDTH = 1600
"""A reader of the README has no wall; the three screens side by side keep twice as many."""
PICTURES = {
    "wall": ("/wall", 1920, 1080), "wall-wide": ("/wall", 5760, 1080), "environment": ("/wall/environment", 1920, 1080),
}
PAINTED = "() => [...document.querySelectorAll('.card, .focus')].every(e => e.dataset.state !== 'loading') && document.fonts.status === 'loaded'"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--port", type=int, default=8050)
    options.add_argument("names", nargs="*", default=list(PICTURES))
    given = options.parse_args()
    base = f"http://127.0.0.1:{given.port}"
    FOLDER.mkdir(exist_ok=True)
    with screen_cookie(given.port) as (name, token), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for picture in given.names:
            path, width, height = PICTURES[picture]
            context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
            context.add_cookies([{"name": name, "value": token, "url": base}])
            _take(context.new_page(), base + path, picture)
            context.close()


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.wait_for_function(PAINTED)
    page.wait_for_timeout(4000)  # charts and map
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    with Image.open(file) as taken:
        width = WIDTH * (2 if taken.width > 3 * taken.height else 1)
        smaller = taken.resize((width, taken.height * width // taken.width), Image.Resampling.LANCZOS).quantize(256)
    smaller.save(file, optimize=True)
    sys.stdout.write(f"{file}: {file.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
