"""The wall in a browser for some minutes: heap, nodes and listeners must not grow.

Run beside a running centre (`make demo`); prints one line a minute and the slope at the end.
"""

import argparse
import sys
from itertools import count
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, sync_playwright

from benchmarks.screen import screen_cookie

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
WANTED = {"JSHeapUsedSize": "heap_mb", "Nodes": "nodes", "JSEventListeners": "listeners"}
MOST_MB_PER_HOUR = 20.0


def main() -> int:
    """Watch the page; 1 where the heap's slope over the second half exceeds the limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--url", default="http://127.0.0.1:8050/wall")
    parser.add_argument("--minutes", type=int, default=10)
    options = parser.parse_args()
    with screen_cookie(urlsplit(options.url).port or 443) as (name, token), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.context.add_cookies([{"name": name, "value": token, "url": options.url}])
        page.goto(options.url)
        page.wait_for_timeout(20_000)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        samples = []
        for minute in count():
            samples.append(_sample(session))
            sys.stdout.write(f"minute {minute:>4}  heap {samples[-1]['heap_mb']:6.1f} MB  nodes {samples[-1]['nodes']:6.0f}  "
                             f"listeners {samples[-1]['listeners']:5.0f}\n")
            sys.stdout.flush()
            if minute >= options.minutes:
                break
            page.wait_for_timeout(60_000)
        browser.close()
    slope = _slope([s["heap_mb"] for s in samples[len(samples) // 2:]]) * 60
    sys.stdout.write(f"heap slope over the second half: {slope:+.1f} MB/h\n")
    return 1 if slope > MOST_MB_PER_HOUR and options.minutes >= 10 else 0


def _sample(session: CDPSession) -> dict[str, float]:
    session.send("HeapProfiler.collectGarbage")
    metrics = {m["name"]: float(m["value"]) for m in session.send("Performance.getMetrics")["metrics"]}
    return {name: metrics[key] / (1e6 if name == "heap_mb" else 1) for key, name in WANTED.items()}


def _slope(values: list[float]) -> float:
    """Least squares slope per sample."""
    n = len(values)
    if n < 2:
        return 0.0
    middle, mean = (n - 1) / 2, sum(values) / n
    return sum((x - middle) * (y - mean) for x, y in enumerate(values)) / sum((x - middle) ** 2 for x in range(n))


if __name__ == "__main__":
    sys.exit(main())
