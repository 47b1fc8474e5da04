"""Reading a request's body: bounded in size and in time; as JSON of a kind."""

import asyncio
from typing import TypeVar

import msgspec
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from ioc.api.hardening import check_json
from ioc.errors import InputError

Body = TypeVar("Body", bound=msgspec.Struct)


async def body_of(request: Request, most: int, within_s: float, too_large: str) -> bytes:
    """The whole body.

    Raises:
        HTTPException: 413 beyond `most` bytes, 408 after `within_s` seconds, 400 where the sender left.

    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise HTTPException(413, too_large)
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise HTTPException(413, too_large)
    except TimeoutError:
        raise HTTPException(408, f"the body did not come within {within_s:g} s", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400, "the sender left before its body was whole") from None
    return bytes(body)


async def json_of(request: Request, kind: type[Body], name: str, most: int, within_s: float) -> Body:
    """The whole body, read as JSON. `name`: what it is, in the sentence that refuses another one.

    Raises:
        InputError: not announced as JSON, or not of this kind.
        HTTPException: as of `body_of`.

    """
    check_json(request.headers.get("content-type", ""))
    body = await body_of(request, most, within_s, f"a {name} has at most {most} bytes")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as wrong:
        fields = ", ".join(kind.__struct_encode_fields__)
        raise InputError(f"the body is no {name} {{{fields}}}: {str(wrong)[:200]}") from None
