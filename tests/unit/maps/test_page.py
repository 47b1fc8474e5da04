"""The map's page and the file that is taken away: nothing from outside, no text that becomes a program."""

import base64
import hashlib
import json
import re
from html import unescape

import pytest

from ioc.maps.handover import Sheet, handover
from ioc.maps.page import SCRIPTS, map_page, scripted
from ioc.words import words
from tests.unit.maps.grounds import XSS, outside, view

VI = words("vi")
SHEET = Sheet(title="Bản đồ", province="Bình Minh", internal="Lưu hành nội bộ", moment="Số liệu tại thời điểm 10:00", footer="Lập lúc 10:30", mark="MÔ PHỎNG",
              remarks=("Không gồm camera và vụ việc",))


def reports(text: str) -> dict[str, object]:
    feature = {"type": "Feature", "id": "1", "geometry": {"type": "Point", "coordinates": [85.1, -20.1]},
               "properties": {"id": "1", "kind": "report", "state": "late", "label": text, "detail": text}}
    return {"type": "FeatureCollection", "features": [feature], "mark": text, "shading": None}


def taken(text: str = "Ổ gà", sheet: Sheet = SHEET) -> str:
    return handover(view(cells="held"), {"citizen_reports": reports(text)}, sheet, VI)


def held(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="ioc-held">(.*?)</script>', page, re.DOTALL)
    assert found
    value: dict[str, object] = json.loads(found[1])
    return value


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_has_no_outside_address_and_no_template_text(language: str) -> None:
    page = map_page(view(), words(language))
    assert outside(page) == set()
    assert re.findall(r"\{\{|\}\}\}|\{%|%\}|None\b|<br *>", page.replace("{}", "")) == []
    assert f'<html lang="{language}">' in page


def test_page_loads_each_script_once_in_the_order_in_which_they_stand_on_each_other() -> None:
    assert re.findall(r'src="/static/map/(\w+)\.js"', map_page(view(), VI)) == list(SCRIPTS)


@pytest.mark.parametrize("text", XSS)
def test_page_keeps_given_texts_inside_their_script(text: str) -> None:
    page = map_page(view(notes=(text,), features={"citizen_reports": text}), VI)
    assert page.count("</script>") == map_page(view(notes=("x",), features={"citizen_reports": "x"}), VI).count("</script>")
    assert "<img" not in page


def test_json_in_a_script_can_be_read_back() -> None:
    text = "".join(XSS) + "\u2028\u2029<!--"
    assert "<" not in scripted({"text": text})
    assert json.loads(scripted({"text": text})) == {"text": text}


def test_file_asks_for_nothing() -> None:
    assert "<script src" not in taken()
    page = re.sub(r"<script>.*?</script>", "", taken(), flags=re.DOTALL)
    assert re.findall(r"(?:src|href)=|@import", page) == []
    assert re.findall(r"url\((?!\"?(?:data:|#))[^)]*\)", page) == []


def test_file_permits_its_own_scripts_by_hash_and_no_connection() -> None:
    page = taken()
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert found
    policy = unescape(found[1])
    hashes = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in re.findall(r"<script>(.*?)</script>", page, re.DOTALL)}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == hashes
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy


@pytest.mark.parametrize("text", XSS)
def test_file_holds_foreign_text_as_data_only(text: str) -> None:
    page = taken(text)
    assert held(page)["collections"] == {"citizen_reports": reports(text)}
    assert "<img" not in page
    assert page.count("</script>") == taken("x").count("</script>")


def test_file_holds_its_outlines() -> None:
    cells = held(taken())["cells"]
    assert isinstance(cells, dict)
    assert len(cells["features"]) == view().ground.count


def test_file_says_what_it_is_and_keeps_markup_out_of_it() -> None:
    page = taken(sheet=Sheet(title="<b>A", province="B&C", internal="Lưu hành nội bộ", moment="m", footer="<i>lan", mark="MÔ PHỎNG", remarks=("r",)))
    for text in ("<title>&lt;b&gt;A – B&amp;C</title>", "Lưu hành nội bộ", "&lt;i&gt;lan", "MÔ PHỎNG", "<span>r</span>"):
        assert text in page
