"""No code, text, name or house of a citizen leaves a panel, whichever it is (domain §0.16)."""

from collections.abc import Iterator
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.live.frames import encode
from ioc.panels.engine.card import collection, props
from ioc.panels.engine.registry import panels
from ioc.words import LANGUAGES, words
from tests.conftest import fresh_database
from tests.integration.web_story import PROFILE, Story, ago, every_kind, seen, told

KEYS = sorted(panels())
SECRETS = ("SECRETCODE", "SECRETNOTE", "SECRETNAME", "SECRETADDRESS")


@pytest.fixture(scope="module")
def secret(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, conn):
        _tell_secrets(story)
        yield conn


def _tell_secrets(story: Story) -> None:
    every_kind(story, "SECRETCODE")
    more: dict[str, Any] = {"address": "SECRETADDRESS", "note": "SECRETNOTE", "reporter": "SECRETNAME", "lon_deg": 85.14531, "lat_deg": -20.17514}
    story.report("SECRETCODE-2", ago(hours=5), ago(hours=1), category="EM-FIRE", priority=1, **more)
    story.report("SECRETCODE-3", ago(hours=5), ago(hours=1), category="GO-ATT", **more | {"lon_deg": 85.14999})
    story.tell("report", "noted", "SECRETCODE-2", ago(hours=4), **more)
    story.dossier("SECRETCODE-4", ago(hours=5), ago(hours=1), applicant="SECRETNAME", reason_code="SECRETNOTE")
    story.tell("camera", "detection", "SECRETCODE-cam", ago(minutes=1), kind="SECRETNOTE", media_ref="SECRETADDRESS")
    story.hear()


@pytest.mark.parametrize("key", KEYS)
def test_no_code_text_or_name_leaves_a_panel(secret: Connection, key: str) -> None:
    snapshot = seen(secret, key)
    sent = [encode(snapshot), *(encode([props(panels()[key], snapshot, words(language), PROFILE),
                                        collection(panels()[snapshot.panel], snapshot, words(language), PROFILE)]) for language in LANGUAGES)]
    assert [s for s in SECRETS if s in b"".join(sent).decode()] == []


@pytest.mark.parametrize("key", [k for k in KEYS if panels()[k].spec.has_map])
def test_map_shows_no_exact_place_and_no_private_category(secret: Connection, key: str) -> None:
    features = [f for f in seen(secret, key).features if f["properties"]["kind"] == "report"]
    private = {c.code for c in PROFILE.categories if not c.place_public}
    assert features or key != "citizen_reports"
    assert not {f["properties"]["category"] for f in features} & private
    assert not {c for f in features for c in f["geometry"]["coordinates"]} & {85.14531, -20.17514, 85.1453, -20.1751}
