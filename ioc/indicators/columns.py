"""What a person fills in for one figure, in a workbook or in a form: the columns, a cell, a row, and what is wrong with a cell."""

from collections.abc import Mapping
from dataclasses import dataclass

from ioc.indicators.cells import Value

INDICATORS_SHEET = "Chỉ tiêu"

TITLES = {
    "indicator_id": "Mã chỉ tiêu", "org_code": "Mã cơ quan", "unit_code": "Mã đơn vị hành chính", "period": "Kỳ", "value": "Giá trị",
    "numerator": "Tử số", "denominator": "Mẫu số", "unit": "Đơn vị tính", "rank": "Hạng", "out_of": "Trên tổng số",
    "published_value": "Giá trị công bố", "target": "Kế hoạch", "source_text": "Nguồn số liệu", "legal_basis": "Căn cứ pháp lý",
    "approved_on": "Ngày duyệt", "revision": "Lần đính chính", "note": "Ghi chú",
}
"""Field → title of its column."""

REQUIRED = ("indicator_id", "period", "source_text", "approved_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. `trouble`: why its value cannot be used, e.g. a formula that was never computed; `percent`: it is displayed with a % sign."""

    address: str
    value: Value
    trouble: str | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: cells by field, empty ones included."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, order=True)
class CellError:
    """What is wrong with a cell, or with a whole row."""

    row: int
    address: str
    text: str

    def __str__(self) -> str:
        return f"{self.address}: {self.text}"
