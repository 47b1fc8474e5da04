"""The morning page on its sheet: one A4 page as PDF and docx whatever it holds, and the command that writes it."""

import argparse
import io
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from ioc.alerts.register import load_alerts
from ioc.alerts.rule import Level, Rule
from ioc.audit.ledger import lines
from ioc.brief.command import write_brief
from ioc.brief.content import LONGEST_NAME, LONGEST_SENTENCE, LONGEST_TITLE, Page, short
from ioc.brief.docx import document
from ioc.brief.facts import Late
from ioc.brief.figures import CHOICES, asked
from ioc.brief.pdf import pdf
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.moment import now_moment
from ioc.panels.engine.freshness import Freshness
from ioc.settings import Settings
from tests.alerts.brief_desk import LONG, content, long_alert, nothing, written
from tests.integration.web_story import NOW, PROFILE, ago
from tests.profiles import FICTIONAL


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("load", ["nothing", "longest"])
def test_pdf_is_one_sheet_whatever_it_holds(load: str, language: str) -> None:
    made = PdfReader(io.BytesIO(pdf(_page(load, language))))
    assert len(made.pages) == 1
    assert (round(made.pages[0].mediabox.width), round(made.pages[0].mediabox.height)) == (595, 842)


def test_pdf_holds_its_letters_and_its_text_can_be_searched() -> None:
    made = PdfReader(io.BytesIO(pdf(_page("longest", "vi"))))
    text = " ".join(made.pages[0].extract_text().split())
    fonts: Any = made.pages[0]["/Resources"]
    assert "BÁO CÁO GIAO BAN" in text
    assert "Người lập: Trưởng ca trực · Lưu hành nội bộ" in text
    embedded = [one.get_object() for one in fonts["/Font"].values() if "/FontDescriptor" in one.get_object()]
    assert {str(one["/BaseFont"]).split("+")[-1] for one in embedded} >= {"Tinos-Regular", "Tinos-Bold"}


def test_letters_stay_readable_with_the_longest_names() -> None:
    from ioc.brief.pdf import scale

    assert scale(_page("longest", "vi")) >= 0.72
    assert scale(_page("nothing", "vi")) > 1


def test_document_holds_the_same_as_the_pdf() -> None:
    page = _page("longest", "vi")
    text = content(document(page))
    for said in (page.moment, page.simulated, page.internal, page.alerts[0].holder, page.figures[3].label, page.tasks_rest, page.notes[9], page.footer):
        assert said.replace("&", "&amp;") in text


def test_document_is_a4_with_bounded_lines() -> None:
    text = content(document(_page("longest", "vi")))
    assert 'w:w="11906" w:h="16838"' in text
    assert text.count("<w:tr>") + text.count("<w:tr ") == 1 + 6 + 11 + 7
    assert 'w:lineRule="exact"' in text


def test_text_of_others_is_text_and_no_markup() -> None:
    facts = replace(nothing(), alerts=[long_alert(0, "<b>&</i>")], open_counts={(4, "raised"): 1})
    page = replace(written(facts), footer="<script> & Co")
    assert len(PdfReader(io.BytesIO(pdf(page))).pages) == 1
    assert "&lt;script&gt; &amp; Co" in content(document(page))


def test_simulated_data_carry_their_mark_in_each_table_and_real_ones_none() -> None:
    simulated, real = _page("longest", "vi"), written(nothing())
    heads = (simulated.alerts_head, simulated.figures_head, simulated.tasks_head)
    assert all(head.endswith("(mô phỏng)") for head in heads)
    assert content(document(simulated)).count("MÔ PHỎNG") == 1
    assert real.simulated == ""
    assert "phỏng" not in content(document(real)).lower()


@pytest.mark.parametrize(("text", "most", "cut"), [("abc def", 7, "abc def"), ("abc def ghi", 9, "abc def…"), ("abcdefghij", 5, "abcd…")])
def test_long_text_is_cut_at_a_word(text: str, most: int, cut: str) -> None:
    assert short(text, most) == cut
    assert len(cut) <= most


# ---- the command


def _run(dsn: str, folder: Path, **given: Any) -> Path:
    options = argparse.Namespace(**{"at": "2026-11-20T10:30", "out": folder / "brief.pdf", "lang": "vi"} | given)
    write_brief(Settings(database=dsn, profile=FICTIONAL), options, threading.Event())
    return Path(options.out)


@pytest.mark.parametrize(("name", "begins"), [("brief.pdf", b"%PDF"), ("brief.docx", b"PK"), ("BRIEF.PDF", b"%PDF")])
def test_command_writes_the_form_that_the_file_is_named_by(dsn: str, conn: Connection, tmp_path: Path, name: str, begins: bytes) -> None:
    assert _run(dsn, tmp_path, out=tmp_path / name).read_bytes().startswith(begins)
    (line,) = lines(conn, limit=1)
    assert (line.action, line.after) == ("brief.exported", {"at": "2026-11-20T03:30:00+00:00", "language": "vi"})


def test_command_refuses_a_file_that_is_neither(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"neither a \.docx nor a \.pdf"):
        _run(dsn, tmp_path, out=tmp_path / "brief.txt")


def test_command_refuses_a_moment_that_has_not_come(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has not come"):
        _run(dsn, tmp_path, at="2099-01-01")


def test_libraries_of_the_forms_are_loaded_only_when_a_page_is_made() -> None:
    check = "import sys, ioc.__main__, ioc.brief.command, ioc.api.console_brief; sys.exit(bool({'reportlab', 'docx', 'lxml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def _source(number: int) -> Freshness:
    return Freshness(source=f"/vn/99/{number}", stream=CHOICES[number % len(CHOICES)].streams[0], name=LONG, name_en=LONG, state="dead", heard_at=ago(days=3),
                     occurred_at=ago(days=3), late_at=None, stale_at=None, dead_at=None)


def _page(load: str, language: str) -> Page:
    """The emptiest page, or one with everything at its longest: names, sentences, numbers and late sources."""
    if load == "nothing":
        return written(nothing(), language)
    rule = Rule(id="ZZ-1", title=LONG, title_en=LONG, panel="one_stop", watch="x", levels=(Level(severity=4, raise_=1),), text=LONG, text_en=LONG,
                basis="-", basis_kind="design")
    register = replace(load_alerts(PROFILE), rules={"ZZ-1": rule})
    facts = replace(
        nothing(), alerts=[long_alert(n) for n in range(9)], open_counts={(s, state): 12345 for s in (1, 2, 3, 4) for state in ("raised", "suppressed")},
        tasks=[Late(owner_org=f"{n}{LONG}", overdue=12345, oldest_due_at=ago(days=900)) for n in range(40)], sources=[_source(n) for n in range(30)],
        heard=frozenset(s for c in CHOICES for s in c.streams), simulated=True, figures=_figures())
    page = written(facts, language, register)
    first = page.alerts[0]
    assert all(len(text) > 0.8 * most for text, most in ((first.title, LONGEST_TITLE), (first.sentence, LONGEST_SENTENCE), (first.place, LONGEST_NAME)))
    return page


def _figures() -> list[Any]:
    from ioc.brief.facts import Told
    from ioc.kpi.engine.contract import Figure

    moment = now_moment(NOW)

    def one(key: str, value: float, unit: str) -> Figure:
        return Figure(key=key, value=value, unit=unit, at=NOW, known=NOW, sources=(), numerator=8_888_888, denominator=9_999_999, cases=9_999_999)

    return [Told(choice=c, period=asked(c.span, moment, PROFILE.calendar), now=one(c.key, 8_888_888.0, "%" if "rate" in c.key else "n"),
                 then=one(c.key, 1.0, "n"), of=one(c.of, 9_999_999.0, "n") if c.of else None) for c in CHOICES]
