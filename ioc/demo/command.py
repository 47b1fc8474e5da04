"""`ioc scenario`: list, run and stop."""

import argparse
import sys
import threading
from dataclasses import replace
from datetime import datetime

from ioc.clock import minute
from ioc.moment import stated_moment
from ioc.profiles.scenarios import Script, scenarios
from ioc.settings import Settings


def listed(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    english = options.lang == "en"
    for name, script in scenarios(settings.profile).items():
        title, about = (script.title_en, script.about_en) if english else (script.title, script.about)
        sys.stdout.write(f"{name}\n  {title}\n  {about}\n  {_span(script)}\n")
        for saying in script.says:
            text = saying.text_en if english else saying.text
            sys.stdout.write(f"    {minute(saying.at)}  {saying.panel}: {text}\n")
    return 0


def run(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.demo.play import Wish, play

    wish = Wish(name=options.name, seed=options.seed, speed=options.speed, scale=options.scale,
                start=_given(options.start), end=_given(options.end))
    play(replace(settings, port=options.port or settings.port + 1), wish, stop)
    return 0


def stop(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.demo.play import stop_plays

    del options, stop
    stopped = stop_plays(settings)
    sys.stdout.write("".join(f"{name} is told to end\n" for name in stopped) or "no scenario is being played\n")
    return 0


def _span(script: Script) -> str:
    history = f"{script.days} d of history" if script.days else "no history before it"
    if not script.speed:
        return f"{minute(script.start)} – {minute(script.end)}, {history}, written at once"
    minutes = (script.end - script.start).total_seconds() / script.speed / 60
    return f"{minute(script.start)} – {minute(script.end)}, {history}, speed {script.speed:g}: plays {minutes:.0f} min"


def _given(text: str | None) -> datetime | None:
    return None if text is None else stated_moment(text)
