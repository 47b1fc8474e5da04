"""The morning page as PDF: one A4 sheet whatever it holds, its letters embedded."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from io import BytesIO
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

from ioc.brief import sheet
from ioc.brief.content import Page
from ioc.errors import ConfigurationError

Align = Literal[0, 1, 2]
Rows = Sequence[Sequence[tuple[str, str]]]
"""Cells as (style, text)."""
_HEIGHT = A4[1] - (sheet.TOP_MM + sheet.BOTTOM_MM) * mm
_ALIGN: Mapping[str, Align] = {"left": TA_LEFT, "right": TA_RIGHT, "centre": TA_CENTER}


def pdf(page: Page) -> bytes:
    """The page as a PDF of one sheet.

    Raises:
        ConfigurationError: the font's files are not installed.

    """
    _fonts()
    flow = _Sheet(scale(page)).flow(page)
    file = BytesIO()
    document = BaseDocTemplate(file, pagesize=A4, title=f"{page.title} – {page.province}", author=page.centre, subject=page.moment,
                               lang=page.language, creator="IOC", invariant=1)
    frame = Frame(sheet.LEFT_MM * mm, sheet.BOTTOM_MM * mm, sheet.WIDTH_MM * mm, _HEIGHT, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=partial(_around, page)))
    document.build(flow)
    return file.getvalue()


@cache
def _fonts() -> None:
    files = sheet.font_files()
    if missing := [file.name for file in files.values() if not file.is_file()]:
        raise ConfigurationError(f"the font of printed pages is not installed ({missing[0]}): run `make browser-files` (or install the wheel)")
    for name, file in files.items():
        pdfmetrics.registerFont(TTFont(name, str(file)))
    bold = f"{sheet.FONT}-Bold"
    pdfmetrics.registerFontFamily(sheet.FONT, normal=sheet.FONT, bold=bold, italic=f"{sheet.FONT}-Italic", boldItalic=bold)


def scale(page: Page) -> float:
    """The largest size of letters at which the page fits one sheet."""
    _fonts()
    return next((tried for tried in sheet.SCALES if _Sheet(tried).height(page) <= _HEIGHT), sheet.SCALES[-1])


class _Sheet:
    """Lays the page out at one size of letters."""

    def __init__(self, scale: float) -> None:
        self._scale = scale

    def height(self, page: Page) -> float:
        flow = self.flow(page)
        return float(sum(one.wrap(sheet.WIDTH_MM * mm, 10 * A4[1])[1] + one.getSpaceBefore() + one.getSpaceAfter() for one in flow))

    def flow(self, page: Page) -> list[Flowable]:
        return [*self._head(page), *self._alerts(page), *self._figures(page), *self._tasks(page), *self._sources(page), *self._notes(page)]

    def _head(self, page: Page) -> Iterable[Flowable]:
        left = [self._text("province", page.province.upper()), self._text("centre", page.centre)]
        right = [self._text("internal", page.internal), *([self._text("stamp", page.simulated)] if page.simulated else [])]
        head = Table([[left, right]], colWidths=[part * mm for part in sheet.HEAD_MM])
        head.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padded(0)]))
        yield from (head, self._text("title", page.title.upper()), self._text("moment", page.moment))

    def _alerts(self, page: Page) -> Iterable[Flowable]:
        yield self._text("section", f"I. {page.alerts_head}")
        names = page.columns
        rows = [[("cell", _bold(_coloured(a.word, sheet.COLOURS[a.severity]))), ("cell", escape(a.place)),
                 ("cell", f"{_bold(escape(a.title))}. {escape(a.sentence)}"), ("cell", a.since), ("cell", escape(a.holder))] for a in page.alerts]
        if rows:
            yield self._table([names[n] for n in ("severity", "place", "what", "since", "holder")], rows, sheet.ALERT_WIDTHS_MM)
        yield self._text("rest", page.alerts_rest)

    def _figures(self, page: Page) -> Iterable[Flowable]:
        names = page.columns
        rows = [[("centre_cell", f.number), ("cell", escape(f.label)), ("number", _bold(escape(f.value))), ("cell", escape(f.made_of)),
                 ("centre_cell", f.period), ("number", _turned(escape(f.change), f.turn)),
                 ("cell", _coloured(f.until, sheet.WORSE) if f.is_late else f.until)] for f in page.figures]
        yield self._text("section", f"II. {page.figures_head}")
        yield self._table([names[n] for n in ("number", "figure", "value", "made_of", "period", "change", "until")], rows, sheet.FIGURE_WIDTHS_MM)

    def _tasks(self, page: Page) -> Iterable[Flowable]:
        if page.tasks is None:
            return
        names = page.columns
        yield self._text("section", f"III. {page.tasks_head}")
        if page.tasks:
            rows = [[("cell", escape(t.name)), ("number", t.overdue), ("cell", t.longest)] for t in page.tasks]
            yield self._table([names[n] for n in ("agency", "overdue", "longest")], rows, sheet.AGENCY_WIDTHS_MM)
        if page.tasks_rest:
            yield self._text("rest", page.tasks_rest)

    def _sources(self, page: Page) -> Iterable[Flowable]:
        late = f" {_coloured(escape(page.late_sources), sheet.WORSE)}" if page.late_sources else ""
        yield self._marked("body", f"{_bold(escape(page.sources_head))}: {escape(page.sources)}{late}")

    def _notes(self, page: Page) -> Iterable[Flowable]:
        if page.notes:
            yield self._text("note_head", page.notes_head)
            yield from (self._text("note", note) for note in page.notes)

    def _table(self, heads: Sequence[str], rows: Rows, widths_mm: Sequence[float]) -> Table:
        looks = [sheet.HEADS[style] for style, _ in rows[0]] if rows else ["head"] * len(heads)
        cells = [[self._text(look, head) for look, head in zip(looks, heads, strict=True)],
                 *([self._marked(style, text) for style, text in row] for row in rows)]
        table = Table(cells, colWidths=[width * mm for width in widths_mm], repeatRows=1)
        ink, quiet = colors.HexColor(sheet.INK), colors.HexColor(sheet.QUIET)
        table.setStyle(TableStyle([
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, quiet), ("LINEABOVE", (0, 0), (-1, 0), 0.8, ink),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, ink), *_padded(1.6 * self._scale)]))
        return table

    def _text(self, style: str, text: str) -> Paragraph:
        return self._marked(style, escape(text))

    def _marked(self, style: str, text: str) -> Paragraph:
        return Paragraph(text, self._style(style))

    def _style(self, name: str) -> ParagraphStyle:
        look = sheet.SIZES[name]
        size = look.size_pt * self._scale
        face = f"{sheet.FONT}-{look.face}" if look.face else sheet.FONT
        return ParagraphStyle(
            name, fontName=face, fontSize=size, leading=size * 1.17, alignment=_ALIGN[look.align], textColor=colors.HexColor(look.colour),
            spaceBefore=look.before_pt * self._scale, spaceAfter=look.after_pt * self._scale)


def _around(page: Page, canvas: Any, _document: Any) -> None:
    """The footer, and across a simulated page its mark, under the text."""
    canvas.saveState()
    canvas.setFillColor(colors.HexColor(sheet.INK))
    canvas.setFont(f"{sheet.FONT}-Italic", 7.5)
    canvas.drawString(sheet.LEFT_MM * mm, 8 * mm, page.footer)
    if page.simulated:
        canvas.setFillColor(colors.HexColor(sheet.QUIET), alpha=0.16)
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(52)
        canvas.setFont(f"{sheet.FONT}-Bold", 92)
        canvas.drawCentredString(0, -30, page.simulated)
    canvas.restoreState()


def _padded(points: float) -> list[tuple[Any, ...]]:
    sides = ("TOPPADDING", "BOTTOMPADDING")
    return [*((side, (0, 0), (-1, -1), points) for side in sides), ("LEFTPADDING", (0, 0), (-1, -1), 3.4), ("RIGHTPADDING", (0, 0), (-1, -1), 3.4)]


def _bold(text: str) -> str:
    return f"<b>{text}</b>"


def _coloured(text: str, colour: str) -> str:
    return f'<font color="{colour}">{text}</font>'


def _turned(text: str, turn: str) -> str:
    return _bold(_coloured(text, sheet.WORSE)) if turn == "worse" else text
