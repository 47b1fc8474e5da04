"""The workbook that a panel's people fill in: one row a figure, with lists of what is allowed and notes."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ioc.errors import InputError
from ioc.indicators.catalogue import UNITS, Catalogue
from ioc.indicators.columns import INDICATORS_SHEET, TITLES
from ioc.indicators.period import EXAMPLES
from ioc.profiles import Profile

PLACES_SHEET = "Đơn vị"
NOTES_SHEET = "Hướng dẫn"
_ROWS = 2_000

_NOTES = {
    "indicator_id": "Chọn trong danh sách; trang 'Chỉ tiêu' ghi tên, đơn vị tính và kỳ của từng mã.",
    "org_code": "Mã cơ quan ở trang 'Đơn vị' khi số liệu là của một cơ quan; để trống nếu không phải.",
    "unit_code": "Mã xã, phường ở trang 'Đơn vị'; để trống cả hai cột mã thì số liệu là của toàn tỉnh.",
    "period": "Viết như ví dụ, dạng văn bản: năm 2026, quý 2026-Q3, tháng 2026-11, tuần 2026-W47, ngày 2026-11-21.",
    "value": "Số thập phân dùng dấu phẩy: 99,79. Không viết 1.234: hãy viết 1234 hoặc 1,234. Có tử số và mẫu số thì để trống.",
    "numerator": "Chỉ với tỷ lệ; luôn đi cùng mẫu số. Tỷ lệ được tính từ hai số này.",
    "denominator": "Lớn hơn 0. Không có mẫu số thì không có số liệu: bỏ dòng này.",
    "unit": "Không bắt buộc; nếu ghi thì phải đúng đơn vị tính ở trang 'Chỉ tiêu'.",
    "rank": "Hạng đã công bố; luôn ghi kèm tổng số được xếp hạng.",
    "out_of": "Ví dụ 34 (số tỉnh, thành phố từ năm 2025) hoặc 63 (trước đó).",
    "published_value": "Giá trị đã in trong văn bản, đúng số chữ số thập phân. Khác với tỷ lệ tính được thì hệ thống gắn cờ, không sửa.",
    "target": "Kế hoạch của kỳ. Một dòng có thể có cả giá trị và kế hoạch.",
    "source_text": "Bắt buộc: văn bản, báo cáo hoặc hệ thống cho số liệu này.",
    "legal_basis": "Số, ký hiệu và ngày của văn bản làm căn cứ.",
    "approved_on": "Bắt buộc: ngày người có thẩm quyền duyệt, ví dụ 14/11/2026. Màn hình sẽ ghi 'nhập tay, duyệt 14/11'.",
    "revision": "Để trống ở lần đầu; 1, 2, … khi đính chính trong cùng một ngày duyệt.",
    "note": "Không bắt buộc.",
}


def write_template(panel: str, catalogue: Catalogue, profile: Profile, today: date, out: Path) -> None:
    """Write the empty workbook of a panel; its first sheet bears the panel's name, by which it is known again.

    Raises:
        InputError: a panel without indicators, or a path that cannot be written.

    """
    if out.suffix.lower() != ".xlsx":
        raise InputError(f"{out.name}: a template is a workbook, name it .xlsx")
    indicators = catalogue.of_panel(panel)
    book = Workbook()
    _sheet(book.active, panel, [list(TITLES.values())])
    _sheet(book.create_sheet(), INDICATORS_SHEET, [
        ["Mã chỉ tiêu", "Tên", "Đơn vị tính", "Tử số, mẫu số", "Cấp", "Kỳ", "Số chữ số thập phân", "Cơ quan chủ trì", "Nguồn", "Căn cứ pháp lý"],
        *([i.id, i.name, UNITS[i.unit], "có" if i.has_fraction else "không", ", ".join(_LEVELS[level] for level in i.levels),
           ", ".join(EXAMPLES[kind] for kind in i.periods), i.decimals, i.owner, i.source, i.legal_basis] for i in indicators),
    ])
    places = [[u.code, u.name, "Mã đơn vị hành chính"] for u in profile.units if u.valid_on(today)]
    places += [[a.code, a.name, "Mã cơ quan"] for a in profile.agencies if not a.unit_code and a.valid_on(today)]
    _sheet(book.create_sheet(), PLACES_SHEET, [["Mã", "Tên", "Ghi vào cột"], *places])
    _sheet(book.create_sheet(), NOTES_SHEET, [["Cột", "Cách ghi"], *([TITLES[name], text] for name, text in _NOTES.items())])
    _prepare(book.worksheets[0], f"'{INDICATORS_SHEET}'!$A$2:$A${len(indicators) + 1}")
    try:
        book.save(out)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}") from None


_LEVELS = {"province": "toàn tỉnh", "unit": "xã, phường", "agency": "cơ quan"}


def _sheet(sheet: Any, title: str, rows: list[list[Any]]) -> None:
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for column, name in enumerate(rows[0], start=1):
        sheet.cell(1, column).font = Font(bold=True)
        longest = max((len(str(row[column - 1])) for row in rows), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(60, max(longest, len(str(name))) + 3)
    sheet.freeze_panes = "A2"


def _prepare(sheet: Any, ids: str) -> None:
    columns = {name: get_column_letter(place) for place, name in enumerate(TITLES, start=1)}
    choice = DataValidation(type="list", formula1=ids, allow_blank=True, showErrorMessage=True, errorTitle="Mã chỉ tiêu",
                            error=f"Chọn một mã trong danh sách (trang '{INDICATORS_SHEET}')")
    choice.add(f"{columns['indicator_id']}2:{columns['indicator_id']}{_ROWS}")
    sheet.add_data_validation(choice)
    for name in ("org_code", "unit_code", "period"):  # a spreadsheet would make a date of 2026-11 and a number of 00101
        for number in range(2, 202):
            sheet[f"{columns[name]}{number}"].number_format = "@"
    for number in range(2, 202):
        sheet[f"{columns['approved_on']}{number}"].number_format = "dd/mm/yyyy"
