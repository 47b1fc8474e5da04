"""The wall in a browser: heap, nodes and listeners must not grow.

python -m benchmarks.soak --minutes 10                 as the centre runs; one line a minute, and the slope at the end
python -m benchmarks.soak --updates 3000 [--rate 10]   so many frames with all panels, each a little other than the one before

Run beside a running centre (`make demo`).
"""

import argparse
import sys
from itertools import count
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.screen import screen_cookie

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
WANTED = {"JSHeapUsedSize": "heap_mb", "Nodes": "nodes", "JSEventListeners": "listeners"}
MOST_MB_PER_HOUR = 20.0
MOST_MB_PER_1000 = 1.0
STEPS = 12
# Frames as they came, said again with other figures: what the page keeps of them is its own doing. It waits for its drawing as with real ones.
DRIVE = """async ([times, gap]) => {
  const answer = await fetch('/live/stream?lang=vi'), reader = answer.body.getReader(), decoder = new TextDecoder();
  let text = '', frame = null;
  while (!frame) {
    text += decoder.decode((await reader.read()).value, {stream: true});
    const found = text.split('\\n\\n').slice(0, -1).map(e => e.split('\\n').find(l => l.startsWith('data: {"epoch"'))).find(Boolean);
    if (found) frame = JSON.parse(found.slice(6));
  }
  await reader.cancel();
  for (let n = 0; n < times; n += 1) {
    const panels = structuredClone(frame.panels);
    Object.values(panels).forEach(({props}) => Object.entries(props ?? {}).forEach(([id, prop]) => {
      if (id.endsWith('--sentence')) prop.children = `${n} ${prop.children}`;
      const series = prop.figure?.data?.[0];
      if (Array.isArray(series?.y) && typeof series.y[0] === 'number') series.y[0] += n % 3;
    }));
    ioc.takeFrame({restart: false, panels});
    await new Promise(done => setTimeout(done, gap));
  }
}"""


def main() -> int:
    """Watch the page; 1 where the heap's slope over the second half exceeds the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8050/wall")
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--updates", type=int, default=0)
    parser.add_argument("--rate", type=float, default=10.0)
    options = parser.parse_args()
    with screen_cookie(urlsplit(options.url).port or 443) as (name, token), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.context.add_cookies([{"name": name, "value": token, "url": options.url}])
        page.goto(options.url)
        page.wait_for_timeout(20_000)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        failed = _driven(page, session, options.updates, options.rate) if options.updates else _watched(page, session, options.minutes)
        browser.close()
    return 1 if failed else 0


def _watched(page: Page, session: CDPSession, minutes: int) -> bool:
    samples = []
    for minute in count():
        samples.append(_sample(session))
        _say(f"minute {minute:>4}", samples[-1])
        if minute >= minutes:
            break
        page.wait_for_timeout(60_000)
    slope = _slope([s["heap_mb"] for s in samples[len(samples) // 2:]]) * 60
    sys.stdout.write(f"heap slope over the second half: {slope:+.1f} MB/h\n")
    return slope > MOST_MB_PER_HOUR and minutes >= 10


def _driven(page: Page, session: CDPSession, updates: int, rate: float) -> bool:
    each, samples = max(1, updates // STEPS), []
    page.evaluate(DRIVE, [each, 1000 / rate])  # the first ones fill caches
    for step in range(STEPS):
        samples.append(_sample(session))
        _say(f"update {step * each:>5}", samples[-1])
        page.evaluate(DRIVE, [each, 1000 / rate])
    slope = _slope([s["heap_mb"] for s in samples[STEPS // 2:]]) * 1000 / each
    sys.stdout.write(f"heap slope over the second half: {slope:+.2f} MB per 1,000 updates of all panels\n")
    return slope > MOST_MB_PER_1000


def _say(name: str, sample: dict[str, float]) -> None:
    sys.stdout.write(f"{name}  heap {sample['heap_mb']:6.1f} MB  nodes {sample['nodes']:6.0f}  listeners {sample['listeners']:5.0f}\n")
    sys.stdout.flush()


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
