"""Forms with pictures (multipart/form-data, RFC 7578): read as they come, bounded in parts and sizes, never written to a disk."""

import asyncio
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from ioc.errors import InputError, UnavailableError
from ioc.reports.photos import Photo, read_photo

MOST_PARTS = 60
MOST_TEXT = 64_000
"""Bytes of all fields that are no files."""
MOST_HELD = 192 << 20
"""Bytes of files that all forms of this process hold at once: of what comes beyond, words are taken and no file, and the sender is asked to wait."""
_BUFFER = 1 << 20
"""Bytes that may wait for the end of a part's headers; a server hands on less at a time."""
_READING = asyncio.Semaphore(2)
"""A large picture takes a quarter of a gigabyte while it is read, whoever sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came. `name`: the sender's own, never a path of ours."""

    name: str
    body: bytes


@dataclass(slots=True, kw_only=True, weakref_slot=True)
class Posted:
    """What a form held. `fields`: the first value of each; `every`: all values in order; `problem`: why not all of it was taken, in one of the words
    of PROBLEMS, '' = it was.
    """

    fields: dict[str, str] = field(default_factory=dict)
    every: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, list[Upload]] = field(default_factory=dict)
    problem: str = ""
    culprit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a form may hold at most."""

    files: int
    file_bytes: int


PROBLEMS = ("broken", "too many parts", "too much text", "too many files", "file too large", "busy")


class Shelf:
    """Room for files in memory, shared by all forms. A form's room is free again when the form is."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self.held = 0

    def hold(self, size: int) -> bool:
        """Take room; False = there is none."""
        if self.held + size > self._most:
            return False
        self.held += size
        return True

    def free(self, taken: list[int]) -> None:
        """Give back what a form took, once."""
        self.held -= sum(taken)
        taken.clear()


SHELF = Shelf()
"""Of this process."""


async def posted(request: Request, bounds: Bounds, shelf: Shelf = SHELF) -> Posted:
    """The form of a request, urlencoded or multipart. A form that breaks a bound is read to its end, so that its sender hears why."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data":
        return _encoded(await _first(request, MOST_TEXT + 1))
    reader = _Reader(options.get("boundary", "").encode("latin-1", "replace"), bounds, shelf)
    async for chunk in request.stream():
        if chunk:
            reader.take(chunk)
    return reader.end()


async def _first(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk[:most - len(body)]
    return bytes(body)


def _encoded(body: bytes) -> Posted:
    found = Posted(problem="too much text" if len(body) > MOST_TEXT else "")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_PARTS)
    except ValueError:
        return Posted(problem="too many parts")
    found.every.extend(pairs)
    for name, value in pairs:
        found.fields.setdefault(name, value)
    return found


class _Reader:
    """Parts as they come; once something is wrong, what follows is read and forgotten."""

    def __init__(self, boundary: bytes, bounds: Bounds, shelf: Shelf) -> None:
        self._decoder = MultipartDecoder(boundary, _BUFFER, max_parts=MOST_PARTS)
        self._bounds = bounds
        self._found = Posted(problem="" if boundary else "broken")
        self._part: Field | File | None = None
        self._body = bytearray()
        self._text = 0
        self._shelf = shelf
        self._taken: list[int] = []
        weakref.finalize(self._found, shelf.free, self._taken)

    def take(self, chunk: bytes | None) -> None:
        if self._found.problem:
            return
        try:
            self._decoder.receive_data(chunk)
            while not self._found.problem and not isinstance(event := self._decoder.next_event(), NeedData):
                if isinstance(event, Epilogue):
                    return
                self._note(event)
        except (ValueError, LookupError, HTTPException) as wrong:
            self._found.problem = "too many parts" if getattr(wrong, "code", 0) == 413 else "broken"

    def end(self) -> Posted:
        self.take(None)
        return self._found

    def _note(self, event: Event) -> None:
        if isinstance(event, Field | File):
            self._part, self._body = event, bytearray()
        elif isinstance(event, Data) and self._part is not None:
            self._body += event.data
            self._check(self._part, len(event.data))
            if not event.more_data and not self._found.problem:
                self._keep(self._part)

    def _check(self, part: Field | File, more: int) -> None:
        if isinstance(part, Field):
            self._text += more
            self._found.problem = "too much text" if self._text > MOST_TEXT else ""
        elif len(self._body) > self._bounds.file_bytes:
            self._found.problem, self._found.culprit = "file too large", part.filename
        elif not self._shelf.hold(more):
            self._found.problem = "busy"
        else:
            self._taken.append(more)
        if self._found.problem:  # what follows is forgotten, and so are the files that came
            self._body = bytearray()
            self._found.files.clear()
            self._shelf.free(self._taken)

    def _keep(self, part: Field | File) -> None:
        if isinstance(part, Field):
            self._found.every.append((part.name, self._body.decode("utf-8", "replace")))
            self._found.fields.setdefault(*self._found.every[-1])
        elif part.filename or self._body:  # a form sends an empty one where nothing was chosen
            files = self._found.files.setdefault(part.name, [])
            files.append(Upload(name=part.filename, body=bytes(self._body)))
            self._found.problem = "too many files" if sum(map(len, self._found.files.values())) > self._bounds.files else ""


def check(form: Posted) -> None:
    """Refuse a form that was not taken whole.

    Raises:
        UnavailableError: too many files are held at once: the same may be sent again.
        InputError: it breaks a bound.

    """
    if form.problem == "busy":
        raise UnavailableError("too many pictures are being taken: send it again in a minute")
    if form.problem:
        raise InputError(f"the form is refused: {form.problem}")


async def photo_of(upload: Upload) -> Photo:
    """The picture that was sent; few are read at once.

    Raises:
        InputError: it is none, or one that cannot be taken.

    """
    async with _READING:
        return await asyncio.to_thread(read_photo, upload.body, upload.name)


def sizes(bounds: Bounds) -> int:
    """Bytes of the largest body that holds what the bounds allow."""
    return bounds.files * bounds.file_bytes + 2 * MOST_TEXT


class Limits(Mapping[str, int]):
    """Largest bodies by path: those named whole, else those named by their beginning."""

    def __init__(self, exact: Mapping[str, int], prefixes: Mapping[str, int]) -> None:
        self._exact, self._prefixes = exact, prefixes

    def __getitem__(self, path: str) -> int:
        if path in self._exact:
            return self._exact[path]
        for prefix, most in self._prefixes.items():
            if path.startswith(prefix):
                return most
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._exact, *self._prefixes))

    def __len__(self) -> int:
        return len(self._exact) + len(self._prefixes)
