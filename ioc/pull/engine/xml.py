"""XML of sources, read without entities, DTDs or anything fetched from elsewhere."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ioc.errors import InputError
from ioc.pull.engine.contract import Raw


def root(data: bytes) -> Element:
    """The document's root.

    Raises:
        InputError: no XML, or XML with a DTD or entities.

    """
    try:
        found: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, ValueError) as error:
        why = "a DTD or entities, which are never read" if isinstance(error, DefusedXmlException) else str(error)
        raise InputError(f"the XML cannot be read ({why}): export it again as plain UTF-8 XML") from None
    return found


def name(element: Element) -> str:
    """Name of an element without its namespace: systems disagree about those."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of names."""
    for wanted in path:
        element = next((e for e in element if name(e) == wanted), None) if element is not None else None
    return element


def text(element: Element | None, *path: str) -> str:
    """Text of the first element down a path; '' where there is none."""
    found = child(element, *path)
    return (found.text or "").strip() if found is not None else ""


def flat_records(data: bytes, key: str) -> list[Raw]:
    """One record per element that has a child of the key's name; lists are elements whose children have children."""
    return [_record(element) for element in _holders(root(data), key)]


def _holders(element: Element, key: str) -> Iterator[Element]:
    if child(element, key) is not None:
        yield element
        return
    for inner in element:
        yield from _holders(inner, key)


def _record(element: Element) -> dict[str, Any]:
    return {name(e): [_record(row) for row in e if len(row)] if len(e) else (e.text or "").strip() for e in element}
