"""Answers that several routes give alike: what went wrong, as JSON under `error`."""

from collections.abc import Awaitable, Mapping

from starlette.responses import JSONResponse, Response

from ioc.errors import InputError, UnavailableError


async def answer(question: Awaitable[Response]) -> Response:
    """A question's answer; 400 where it was asked wrongly, 503 where something it needs is away."""
    try:
        return await question
    except InputError as wrong:
        return error(400, str(wrong))
    except UnavailableError as away:
        return error(503, str(away))


def error(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": text}, status, headers)
