"""Answers of Open311 GeoReport v2 as bytes: JSON arrays, and XML whose elements are called after the standard."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import orjson
from starlette.responses import Response

KINDS = {"json": "application/json", "xml": "text/xml; charset=utf-8"}
ITEMS = {"services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute", "values": "value",
         "endpoints": "endpoint", "formats": "format"}
"""XML element that holds a list → element of one of its items."""
REPLACED = "\N{REPLACEMENT CHARACTER}"
_BARRED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold."""


def answer(root: str, content: Any, form: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in a form (json or xml). `root`: the document's element in XML, which JSON has not."""
    body = _xml(root, content) if form == "xml" else orjson.dumps(content).replace(b"<", b"\\u003c")
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, media_type=KINDS.get(form, KINDS["json"]))


def refusal(status: int, text: str, form: str, headers: Mapping[str, str] | None = None) -> Response:
    """What went wrong, as the standard says it: a list of code and description."""
    return answer("errors", [{"code": status, "description": text}], form, status, headers)


def _xml(root: str, content: Any) -> bytes:
    made = ET.Element(root)
    _fill(made, content)
    ET.indent(made)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(made, encoding="unicode").encode() + b"\n"


def _fill(element: ET.Element, content: Any) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(ET.SubElement(element, name), value)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for one in content:
            _fill(ET.SubElement(element, ITEMS[element.tag]), one)
    elif content is not None:
        element.text = _BARRED.sub(REPLACED, str(content).lower() if isinstance(content, bool) else str(content))
