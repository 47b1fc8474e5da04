"""CAP documents as they come from outside: read without entities, DTDs or anything fetched, bounded in size and depth."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ioc.alerts.cap_text import CAP
from ioc.errors import InputError

MOST_BYTES = 1 << 20
MOST_DEPTH = 16
"""Of elements in elements: CAP has four, a signature within it some eight more."""


class _Bounded(TreeBuilder):
    """Stops at once where elements stand too deep in each other."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise InputError(f"its elements stand more than {MOST_DEPTH} deep in each other, which no CAP message needs: have it made anew")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def cap_alert(data: bytes) -> Element:
    """The element <alert> of a CAP 1.2 message.

    Raises:
        InputError: too large, no XML, XML with a DTD or entities, another document; with the remedy.

    """
    if len(data) > MOST_BYTES:
        raise InputError(f"it has {len(data)} bytes, at most {MOST_BYTES} are taken: send one message, its area with fewer points")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException:
        raise InputError("it has a DTD or entities, which are never read: send it without <!DOCTYPE>") from None
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(f"it is no XML that can be read ({error}): send plain XML in UTF-8, as its first line says") from None
    space, _, name = root.tag.rpartition("}")
    if name != "alert":
        raise InputError(f"its root is <{name[:40]}>: send single CAP messages, whose root is <alert>, not a list or feed of them")
    if space.lstrip("{") != CAP:
        raise InputError(f"<alert> is of the namespace '{space.lstrip('{')[:100]}': CAP 1.2 is asked for, {CAP}")
    return root


def children(element: Element, name: str) -> list[Element]:
    """Elements of CAP with a name; what other namespaces bring is passed over."""
    return element.findall(f"{{{CAP}}}{name}")


def text(element: Element, name: str) -> str:
    """Text of an element, on one line; '' where it is not there."""
    found = element.find(f"{{{CAP}}}{name}")
    return " ".join((found.text or "").split()) if found is not None else ""


def pairs(element: Element, name: str) -> Iterator[tuple[str, str]]:
    """Name and value of eventCode, parameter, geocode."""
    for found in children(element, name):
        yield text(found, "valueName"), text(found, "value")
