"""The contract of an adapter, and what passes between it, the accesses and the engine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import msgspec

Raw = Mapping[str, Any]
"""A record as the source gives it, names of people included."""

Clean = dict[str, Any]
"""What passed the adapter's door: known fields without names, as JSON knows them."""

Cursor = dict[str, Any]


def nothing() -> None:
    """What an access does once a page is safe, where it has nothing to do."""


class Page(NamedTuple):
    """Records read together. `cursor`: where to go on once they are published (None = as before); `settle` is called then."""

    records: list[Raw]
    cursor: Cursor | None = None
    settle: Callable[[], object] = nothing


class Access(Protocol):
    """A way to a source's records; `pages` raises UnavailableError while the source is away."""

    def pages(self, cursor: Cursor) -> Iterator[Page]: ...

    def close(self) -> None: ...


class Step(msgspec.Struct, frozen=True, array_like=True):
    """An event published of a subject. `due_at`: the deadline that holds from then on, where the event gives one."""

    fact: str
    at: datetime
    number: int
    due_at: datetime | None = None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What was published of a subject: its steps, the source's moments they told, the fields as last seen, what still waits."""

    steps: tuple[Step, ...] = ()
    told: dict[str, str] = {}
    fields: dict[str, Any] = {}
    waiting: tuple[dict[str, Any], ...] = ()


class Fact(NamedTuple):
    """An event to publish. `number`: its place among those of its subject."""

    fact: str
    at: datetime
    number: int
    data: dict[str, Any]


class Seen(NamedTuple):
    """What an adapter makes of a record: what is known of its subject now, and the events that tell the difference."""

    known: Known
    facts: list[Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where and when a record is read.

    `org_of`: agency of a name or foreign code at a moment, '' where none is known; `unit_of`: unit of an agency, '' where it has none.
    """

    observed_at: datetime
    org_of: Callable[[str, datetime], str]
    unit_of: Callable[[str, datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A REST call whose answer comes in pages. `records`: the keys, tried in turn, under which an answer holds its records.

    `since`, `page`, `size` name the parameters; a source's own names stand in its `[sources.access]`.
    """

    path: str
    since: str = "tuNgay"
    page: str = "trang"
    size: str = "soLuong"
    records: tuple[str, ...] = ("data", "result", "items")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How one field set becomes events of one stream.

    `door` keeps the fields it knows and drops names; a hash with the key is all that stays of a person. One record may tell of several
    subjects. It raises nothing: what is wrong is said by `see`, which raises InputError for a record that cannot be used.
    `subject` is the business id of a clean record, '' where it has none. `columns`: what a view must and may have.
    `xml` parses an XML file into records; JSON and CSV are the same for all.
    `kind` tells a subject's records apart that do not replace each other: a usable one closes the refused ones of its kind only.
    """

    name: str
    stream: str
    door: Callable[[Raw, bytes | None], list[Clean]]
    subject: Callable[[Clean], str]
    see: Callable[[Clean, Known, Context], Seen]
    queries: tuple[Query, ...]
    required: tuple[str, ...]
    columns: tuple[str, ...]
    xml: Callable[[bytes], list[Raw]]
    kind: Callable[[Clean], str] = lambda _: ""
