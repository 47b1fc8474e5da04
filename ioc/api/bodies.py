"""Reading a request's body: bounded in size and in time."""

import asyncio

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect


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
