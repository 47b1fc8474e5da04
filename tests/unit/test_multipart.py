"""Forms with files: what all of them together hold in memory."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import cast

import pytest
from fastapi import Request

from ioc.api.multipart import Bounds, Posted, Shelf, check, posted
from ioc.errors import UnavailableError
from tests.integration.web_server import multipart

BOUNDS = Bounds(files=5, file_bytes=1000)


class Sent:
    """A request with a form of one file."""

    def __init__(self, size: int) -> None:
        self._body, kind = multipart([("text", "ổ gà")], [("photos", "a.jpg", b"x" * size)])
        self.headers = {"content-type": kind}

    async def stream(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self._body), 100):
            yield self._body[at:at + 100]


def take(size: int, shelf: Shelf) -> Posted:
    return asyncio.run(posted(cast("Request", Sent(size)), BOUNDS, shelf))


def test_files_of_all_forms_fit_on_one_shelf_and_the_words_of_others_are_taken_all_the_same() -> None:
    shelf = Shelf(1000)
    first, second = take(900, shelf), take(200, shelf)
    assert (first.problem, len(first.files["photos"]), second.problem, second.files) == ("", 1, "busy", {})
    assert second.fields == {"text": "ổ gà"}
    assert shelf.held == 900
    with pytest.raises(UnavailableError, match="again in a minute"):
        check(second)


def test_room_is_free_again_with_the_form() -> None:
    shelf = Shelf(1000)
    first = take(900, shelf)
    del first
    gc.collect()
    assert shelf.held == 0
    assert take(900, shelf).problem == ""


def test_file_that_breaks_a_bound_holds_no_room() -> None:
    shelf = Shelf(10_000)
    found = take(2000, shelf)
    assert (found.problem, found.files, shelf.held) == ("file too large", {}, 0)
