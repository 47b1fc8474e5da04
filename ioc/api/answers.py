"""Answers that several routes give alike: what went wrong, as JSON under `error`."""

from collections.abc import Awaitable, Mapping

import psycopg
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from ioc.errors import InputError, IocError, RefusedError, UnavailableError


async def answer(question: Awaitable[Response]) -> Response:
    """A question's answer; 400 where it was asked wrongly, 503 where something it needs is away."""
    try:
        return await question
    except InputError as wrong:
        return error(400, str(wrong))
    except UnavailableError as away:
        return error(503, str(away))


def add_answers(server: FastAPI) -> None:
    """What a path did not answer itself is answered by kind: an error of ours never looks like a fault of the program."""
    async def refused(_: Request, wrong: Exception) -> Response:
        status = next(status for kind, status in _STATUS.items() if isinstance(wrong, kind))
        return error(status, str(wrong) if isinstance(wrong, IocError) else "a text holds a character or a number that cannot be kept")

    for kind in _STATUS:
        server.add_exception_handler(kind, refused)


_STATUS: Mapping[type[Exception], int] = {RefusedError: 403, InputError: 400, UnavailableError: 503, psycopg.DataError: 400}


def error(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": text}, status, headers)
