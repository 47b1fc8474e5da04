"""Answers that several routes give alike: what went wrong, as JSON under `error`."""

import logging
from collections.abc import Awaitable, Mapping

import orjson
import psycopg
from dash.exceptions import DependencyException
from fastapi import FastAPI, Request
from starlette.responses import Response

from ioc.errors import ConfigurationError, InputError, IocError, NotFoundError, RefusedError, UnavailableError

log = logging.getLogger(__name__)


async def answer(question: Awaitable[Response]) -> Response:
    """A question's answer; where it has none, the reason by its kind (see _STATUS)."""
    try:
        return await question
    except (InputError, RefusedError, UnavailableError) as wrong:
        return error(status_of(wrong), str(wrong))


def add_answers(server: FastAPI) -> None:
    """What a path did not answer itself is answered by kind: an error of ours never looks like a fault of the program."""
    async def refused(_: Request, wrong: Exception) -> Response:
        return error(status_of(wrong), str(wrong) if isinstance(wrong, IocError) else "a text holds a character or a number that cannot be kept")

    async def lacking(_: Request, wrong: Exception) -> Response:
        log.error("a page cannot be given: %s", wrong)
        return error(503, "this centre is not fully set up: its log says what is missing, tell the administrator")

    async def no_file(_: Request, __: Exception) -> Response:
        return error(404, "not found")

    for kind in _STATUS:
        server.add_exception_handler(kind, refused)
    server.add_exception_handler(ConfigurationError, lacking)
    server.add_exception_handler(DependencyException, no_file)


# The nearer kind first: what is not there is an input that is wrong, too.
_STATUS: Mapping[type[Exception], int] = {NotFoundError: 404, RefusedError: 403, InputError: 400, UnavailableError: 503, psycopg.DataError: 400}


def status_of(wrong: Exception) -> int:
    """The answer's status by the kind of error; of any other kind 400, what was asked for cannot be done."""
    return next((status for kind, status in _STATUS.items() if isinstance(wrong, kind)), 400)


def error(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    # What was asked is named in the answer; no reader that guesses at its kind may find a tag in it.
    body = orjson.dumps({"error": text}).replace(b"<", b"\\u003c")
    return Response(body, status, headers, media_type="application/json")
