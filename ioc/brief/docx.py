"""The morning page as a document for a word processor: the same sheet, its letters one step smaller than the PDF's fit, since processors differ."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from ioc.brief import sheet
from ioc.brief.content import FigureLine, Page
from ioc.brief.pdf import scale
from ioc.words import LANGUAGES

MARGIN = 0.94
"""Share of the PDF's size of letters."""
_ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT, "centre": WD_ALIGN_PARAGRAPH.CENTER}
Bit = tuple[str, str, str]
"""A stretch of text: (text, 'b' bold or '', colour or '')."""


def document(page: Page) -> bytes:
    """The page as .docx.

    Raises:
        ConfigurationError: the font's files, by which it is measured, are not installed.

    """
    return _Writer(page, min(1.0, scale(page)) * MARGIN).bytes()


class _Writer:
    """Writes one page at one size of letters."""

    def __init__(self, page: Page, scale: float) -> None:
        self._page = page
        self._scale = scale
        self._document: Document = docx.Document()

    def bytes(self) -> bytes:
        page = self._page
        self._set_up()
        self._head()
        self._write("title", page.title.upper())
        self._write("moment", page.moment)
        self._alerts()
        self._figures()
        self._tasks()
        late = [(f" {page.late_sources}", "", sheet.WORSE)] if page.late_sources else []
        self._fill(self._document.add_paragraph(), "body", [(f"{page.sources_head}: ", "b", ""), (page.sources, "", ""), *late])
        if page.notes:
            self._write("note_head", page.notes_head)
            for note in page.notes:
                self._write("note", note)
        file = BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _set_up(self) -> None:
        page, section = self._page, self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(sheet.LEFT_MM), Mm(sheet.RIGHT_MM)
        section.top_margin, section.bottom_margin = Mm(sheet.TOP_MM), Mm(sheet.BOTTOM_MM)
        section.header_distance, section.footer_distance = Mm(6), Mm(6)
        normal = self._document.styles["Normal"]
        normal.font.name = sheet.OFFICE_FONT
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), sheet.OFFICE_FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), {"vi": "vi-VN", "en": "en-GB"}[page.language if page.language in LANGUAGES else "vi"])
        normal.element.rPr.append(language)
        core = self._document.core_properties
        core.title, core.author, core.subject = f"{page.title} – {page.province}", page.centre, page.moment
        core.language, core.comments = page.language, page.internal
        self._fill(section.footer.paragraphs[0], "rest", [(page.footer, "", "")])

    def _head(self) -> None:
        page = self._page
        left, right = self._table(1, sheet.HEAD_MM, lined=False).rows[0].cells
        self._fill(left.paragraphs[0], "province", [(page.province.upper(), "", "")])
        self._fill(left.add_paragraph(), "centre", [(page.centre, "", "")])
        self._fill(right.paragraphs[0], "internal", [(page.internal, "", "")])
        if page.simulated:
            self._fill(right.add_paragraph(), "stamp", [(page.simulated, "", "")])

    def _alerts(self) -> None:
        page, names = self._page, self._page.columns
        self._write("section", f"I. {page.alerts_head}")
        rows: list[list[tuple[str, list[Bit]]]] = [[
            ("cell", [(a.word, "b", sheet.COLOURS[a.severity])]), ("cell", [(a.place, "", "")]),
            ("cell", [(f"{a.title}. ", "b", ""), (a.sentence, "", "")]), ("cell", [(a.since, "", "")]), ("cell", [(a.holder, "", "")]),
        ] for a in page.alerts]
        if rows:
            self._rows([names[n] for n in ("severity", "place", "what", "since", "holder")], rows, sheet.ALERT_WIDTHS_MM)
        self._write("rest", page.alerts_rest)

    def _figures(self) -> None:
        names = self._page.columns
        self._write("section", f"II. {self._page.figures_head}")
        self._rows([names[n] for n in ("number", "figure", "value", "made_of", "period", "change", "until")],
                   [_figure(f) for f in self._page.figures], sheet.FIGURE_WIDTHS_MM)

    def _tasks(self) -> None:
        page, names = self._page, self._page.columns
        if page.tasks is None:
            return
        self._write("section", f"III. {page.tasks_head}")
        if page.tasks:
            rows: list[list[tuple[str, list[Bit]]]] = [
                [("cell", [(t.name, "", "")]), ("number", [(t.overdue, "", "")]), ("cell", [(t.longest, "", "")])] for t in page.tasks]
            self._rows([names[n] for n in ("agency", "overdue", "longest")], rows, sheet.AGENCY_WIDTHS_MM)
        if page.tasks_rest:
            self._write("rest", page.tasks_rest)

    def _rows(self, heads: Sequence[str], rows: Sequence[Sequence[tuple[str, list[Bit]]]], widths_mm: Sequence[float]) -> None:
        table = self._table(1 + len(rows), widths_mm, lined=True)
        looks = [sheet.HEADS[style] for style, _ in rows[0]] if rows else ["head"] * len(heads)
        for cell, look, head in zip(table.rows[0].cells, looks, heads, strict=True):
            self._fill(cell.paragraphs[0], look, [(head, "", "")])
        repeat = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)  # noqa: SLF001 (a heading row, which a screen reader announces)
        for line, row in zip(table.rows[1:], rows, strict=True):
            for cell, (style, bits) in zip(line.cells, row, strict=True):
                self._fill(cell.paragraphs[0], style, bits)

    def _table(self, rows: int, widths_mm: Sequence[float], *, lined: bool) -> Table:
        table: Table = self._document.add_table(rows, len(widths_mm))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _edge(table, lined=lined, padding=round(1.6 * self._scale * 20))
        for column, width in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width)
        for row in table.rows:
            for cell, width in zip(row.cells, widths_mm, strict=True):
                _size(cell, width)
        return table

    def _write(self, style: str, text: str) -> None:
        self._fill(self._document.add_paragraph(), style, [(text, "", "")])

    def _fill(self, paragraph: Paragraph, style: str, bits: Sequence[Bit]) -> None:
        look = sheet.SIZES[style]
        form = paragraph.paragraph_format
        form.alignment, form.space_before, form.space_after = _ALIGN[look.align], Pt(look.before_pt * self._scale), Pt(look.after_pt * self._scale)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.size_pt * self._scale * 1.17)
        for text, weight, colour in bits:
            run = paragraph.add_run(text)
            run.font.size, run.font.name = Pt(round(look.size_pt * self._scale * 2) / 2), sheet.OFFICE_FONT
            run.font.bold, run.font.italic = look.face == "Bold" or weight == "b", look.face == "Italic"
            run.font.color.rgb = RGBColor.from_string((colour or look.colour)[1:].upper())


def _figure(line: FigureLine) -> list[tuple[str, list[Bit]]]:
    turned: Bit = (line.change, "b", sheet.WORSE) if line.turn == "worse" else (line.change, "", "")
    return [("centre_cell", [(line.number, "", "")]), ("cell", [(line.label, "", "")]), ("number", [(line.value, "b", "")]),
            ("cell", [(line.made_of, "", "")]), ("centre_cell", [(line.period, "", "")]), ("number", [turned]),
            ("cell", [(line.until, "", sheet.WORSE if line.is_late else "")])]


def _size(cell: _Cell, width_mm: float) -> None:
    cell.width, cell.vertical_alignment = Mm(width_mm), WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _edge(table: Table, *, lined: bool, padding: int) -> None:
    """Lines above, below and between rows; `padding` above and below text in twentieths of a point."""
    properties = table._tbl.tblPr  # noqa: SLF001 (python-docx has no word for a table's borders)
    borders = OxmlElement("w:tblBorders")
    for side, colour, width in (("top", sheet.INK, 8), ("left", "", 0), ("bottom", sheet.INK, 6), ("right", "", 0), ("insideH", sheet.QUIET, 4),
                                ("insideV", "", 0)):
        borders.append(_element(f"w:{side}", val="single" if lined and width else "nil", sz=str(width), space="0", color=colour[1:] or "auto"))
    properties.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for side, size in (("top", padding), ("left", 68), ("bottom", padding), ("right", 68)):
        margins.append(_element(f"w:{side}", w=str(size), type="dxa"))
    properties.append(margins)


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made
