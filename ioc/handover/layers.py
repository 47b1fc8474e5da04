"""The layers of a map that is taken away: the panels' points at a moment, without what its reader may not take along."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from ioc.alerts.bulletins import bulletins
from ioc.db.connect import Connection
from ioc.live.frames import encode
from ioc.maps.ground import Ground
from ioc.maps.handover import Sheet, handover
from ioc.maps.page import View, ground_notes
from ioc.moment import Moment
from ioc.panels.engine.build import build
from ioc.panels.engine.card import SIMULATED, collection
from ioc.panels.engine.contract import Panel
from ioc.profiles import Profile
from ioc.words import Words

OVERLAY = "alerts"
KEPT_BACK = frozenset({"camera", "incident"})
"""What leaves the house only with whoever has the rights of section 6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Who takes what: `panels` shown, `moment` of them, `by` in words, `made_at` by the machine's clock. `whole`: with cameras and incidents."""

    panels: tuple[Panel, ...]
    moment: Moment
    by: str
    made_at: datetime
    whole: bool = False


def gather(conn: Connection, taking: Taking, profile: Profile, words: Words) -> dict[str, Any]:
    """Panel key → FeatureCollection in words, and the bulletins that were in force."""
    moment = taking.moment
    found = {panel.spec.key: _layer(conn, panel, taking, profile, words) for panel in taking.panels}
    return found if moment.jurisdiction else found | {OVERLAY: bulletins(conn, moment.at, moment.known)}


def _layer(conn: Connection, panel: Panel, taking: Taking, profile: Profile, words: Words) -> dict[str, Any]:
    found = collection(panel, build(conn, panel, taking.moment, profile), words, profile)
    return {**found, "features": list(_permitted(found["features"], whole=taking.whole))}


def _permitted(features: Iterable[Mapping[str, Any]], *, whole: bool) -> Iterable[Mapping[str, Any]]:
    return (feature for feature in features if whole or feature["properties"].get("kind") not in KEPT_BACK)


def file(taking: Taking, collections: Mapping[str, Any], ground: Ground, profile: Profile, words: Words) -> bytes:
    """The file itself."""
    moment, foreign = taking.moment, bool(taking.moment.jurisdiction)
    titles = {panel.spec.key: words(panel.spec.title) for panel in taking.panels}
    simulated = any(found.get("mark") for found in collections.values())
    internal = words("Lưu hành nội bộ")
    left_out = () if taking.whole else (words("Không gồm camera và vụ việc"),)
    sheet = Sheet(
        title=titles[taking.panels[0].spec.key] if len(taking.panels) == 1 else words("Bản đồ tổng hợp"),
        province=profile.title(words.language, moment.day), internal=internal, mark=words(SIMULATED).upper() if simulated else "",
        moment=words("Số liệu tại thời điểm {at}", at=words.moment(moment.at)),
        footer=words("Lập lúc {at} · Người lập: {by} · {internal}", at=words.minute(taking.made_at), by=taking.by, internal=internal),
        remarks=(*left_out, *(() if foreign else ground_notes(ground, words))))
    view = View(ground=ground, titles=titles, cells=None if foreign or not ground.count else "held", fit=foreign)
    return handover(view, _plain(collections), sheet, words).encode()


def file_name(name: str, moment: Moment) -> str:
    """E.g. ban-do-citizen_reports-2026-11-22.html: by the day that the moment closes."""
    return f"ban-do-{name}-{moment.day:%Y-%m-%d}.html"


def _plain(collections: Mapping[str, Any]) -> Mapping[str, Any]:
    """As plain values, the way a browser would be sent them."""
    plain: Mapping[str, Any] = orjson.loads(encode(collections))
    return plain
