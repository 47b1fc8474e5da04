"""Every Vietnamese text of the program has an English one, and both keep the house's word list."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from ioc.alerts.standing import STATES as STANDINGS
from ioc.api.cameras_around import STEPS
from ioc.api.cameras_words import CAUSES, CONDITIONS, DETECTIONS, KINDS, REFUSALS, SILENT, VERDICTS
from ioc.api.console import DONE, DOORS
from ioc.api.console_figures import ACTS as FIGURE_ACTS
from ioc.api.console_figures_words import SAID
from ioc.api.console_screens import LINKS
from ioc.api.figure_words import COLUMNS, UNITS
from ioc.api.guard import SENTENCES
from ioc.api.scenarios import STATES
from ioc.api.sign_in import NOT_SO, REFUSED
from ioc.indicators.catalogue import UNITS as INDICATOR_UNITS
from ioc.indicators.columns import TITLES as COLUMN_TITLES
from ioc.indicators.ledgers import LEDGERS
from ioc.indicators.reconcile import WHY
from ioc.kpi.engine.contract import FLAGS
from ioc.manual.listing import STATES as FIGURE_STATES
from ioc.maps.wording import PHRASES
from ioc.panels._citizen_reports_pictures import CHANNELS
from ioc.panels.engine.card import STATE_WORDS
from ioc.panels.engine.registry import panels
from ioc.people.heartbeats import STATES as PAINTS
from ioc.people.roles import NAMES
from ioc.reports.public import REASONS as TOLD
from ioc.reports.states import STATES as REPORT_STATES
from ioc.reports.work import ACTS
from ioc.words import LANGUAGES

ROOT = Path(__file__).parents[2] / "ioc"
# The reviewed term list (docs/catalogue.md): left is never written, right is what is.
TONES = {"hoá": "hóa", "luỹ": "lũy", "hoả": "hỏa", "xoá": "xóa", "Uỷ": "Ủy", "thuỷ": "thủy"}
TITLES = {
    1: "Giải quyết thủ tục hành chính",
    2: "Quầy tiếp nhận và camera Bộ phận Một cửa",
    5: "Văn bản điện tử và nhiệm vụ được giao",
    7: "Hạ tầng số và an ninh mạng",
    10: "Phản ánh, kiến nghị",
}


@cache
def translated() -> dict[str, str]:
    with (ROOT / "locales" / "en.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def _spoken(path: Path) -> Iterator[str]:
    """First arguments of words(...), text(...) and, within Words, self(...), whatever they are called on: literal, or a constant of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {node.targets[0].id: node.value.value for node in tree.body
                 if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name == "page" and len(node.args) > 2 and isinstance(node.args[2], ast.Constant):  # of a desk: request, template, title
            yield str(node.args[2].value)
        first = node.args[0]
        said = first.value if isinstance(first, ast.Constant) else constants.get(first.id) if isinstance(first, ast.Name) else None
        if name in {"words", "text", "self"} and isinstance(said, str) and said not in LANGUAGES:
            yield said


VIETNAMESE = frozenset("àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")


def _is_said(text: str) -> bool:
    return not text.isupper() and bool(set(text.lower()) & VIETNAMESE)  # capitals are codes: QĐ, CĐ


def _literals(path: Path) -> Iterator[str]:
    """Vietnamese texts that a panel's module holds in tables of its own and speaks through a variable; no docstrings, no parts of an f-string."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    skipped |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped and _is_said(node.value):
            yield node.value


@cache
def used() -> frozenset[str]:
    found = {text for path in (ROOT / "panels").rglob("*.py") for text in _literals(path)}
    found |= {text for path in ROOT.rglob("*.py") for text in _spoken(path)} | set(STATE_WORDS.values()) | set(STATES.values()) | set(PHRASES.values())
    found |= set(REPORT_STATES.values()) | set(ACTS.values())
    found |= set(SENTENCES.values()) | set(REFUSED.values()) | {NOT_SO} | set(NAMES.values()) | set(DONE.values()) | {text for _, *both in DOORS for text in both}
    found |= set(LINKS.values()) | set(PAINTS.values()) | set(CHANNELS.values()) | set(STANDINGS.values()) | set(FLAGS.values()) | set(WHY.values()) | set(UNITS.values()) | set(COLUMNS.values())
    found |= set(TOLD.values()) | set(FIGURE_ACTS.values()) | set(SAID.values()) | set(FIGURE_STATES.values()) | set(INDICATOR_UNITS.values()) - {"%", "ha"}
    found |= {text for ledger in LEDGERS.values() for text in ledger.measures.values()}
    found |= {SILENT} | {text for told in (CAUSES, CONDITIONS, DETECTIONS, KINDS, REFUSALS, VERDICTS, STEPS) for text in told.values()}
    found |= {text for path in ROOT.rglob("*.html") for text in re.findall(r'words\("([^"]+)"', path.read_text(encoding="utf-8"))}
    for panel in panels().values():
        found |= {panel.spec.title, panel.spec.short}
        found |= {text for d in panel.definitions.values() for text in (d.label, d.formula, d.basis)}
    return frozenset(found)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_form_of_a_figure_calls_its_fields_as_the_workbook_does() -> None:
    assert {name: COLUMN_TITLES[name] for name in SAID} == SAID


def test_texts_are_found_in_the_code() -> None:
    assert len(used()) > 80


def test_every_text_has_a_translation() -> None:
    assert sorted(text for text in used() if not translated().get(text)) == []


def test_no_translation_is_unused() -> None:
    assert sorted(set(translated()) - used()) == []


@pytest.mark.parametrize("text", sorted(used()))
def test_a_translation_has_the_same_places(text: str) -> None:
    assert _places(translated().get(text, "")) == _places(text)


def test_a_translation_is_no_longer_vietnamese() -> None:
    # Signs of laws keep their letters; one letter that only Vietnamese has betrays the rest.
    without_signs = {text: t for text, t in translated().items() if not t.startswith(("Decree", "Circular", "Decision"))}
    assert [t for t in without_signs.values() if set(t.lower()) & set("ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")] == []


@pytest.mark.parametrize("wrong", sorted(TONES))
def test_one_style_of_tone_marks_is_kept(wrong: str) -> None:
    assert [text for text in used() if re.search(rf"\b{wrong}\b", text)] == []


def test_a_percentage_stands_without_a_space() -> None:
    assert [text for text in (*used(), *translated().values()) if " %" in text] == []


@pytest.mark.parametrize("panel", sorted(panels()))
def test_a_reviewed_panel_keeps_its_title(panel: str) -> None:
    spec = panels()[panel].spec
    assert spec.title == TITLES.get(spec.number, spec.title)
