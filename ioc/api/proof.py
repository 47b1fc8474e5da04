"""Proof of a source's key in a request: `Authorization: Bearer ioc_…` or `X-API-Key`."""

from datetime import datetime

from fastapi import Request
from starlette.exceptions import HTTPException

from ioc.api.keys import KeyRing, SourceKey


async def source_key(request: Request, ring: KeyRing, now: datetime, stream: str) -> SourceKey:
    """The key of a request, where it is for a stream.

    Raises:
        HTTPException: 401 without a key, 403 where it permits this no more, or never did.
        UnavailableError: the keys cannot be read.

    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key = await ring.find(given.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", ""))
    if key is None:
        raise HTTPException(401, "this needs a source's key: 'Authorization: Bearer ioc_…', made by `ioc source-key add`",
                            {"WWW-Authenticate": 'Bearer realm="ioc"'})
    if refusal := key.refusal(now):
        raise HTTPException(403, refusal)
    if stream not in key.streams:
        raise HTTPException(403, f"the key {key.key_id} is for {', '.join(sorted(key.streams))}, not for '{stream}': ask the centre for one that is")
    return key
