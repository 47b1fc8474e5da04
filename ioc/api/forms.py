"""Forms of the desk's pages: bounded, decoded, and proved to come from a page that was given to this person."""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import Request

from ioc.errors import NotFoundError, RefusedError
from ioc.people.principal import Principal

MOST_FIELDS = 50


async def form_of(request: Request, *, proved: bool = True, most: int = MOST_FIELDS) -> Mapping[str, str]:
    """The form's fields, the first value of each, at most `most`.

    `proved`: it must carry the session's token (CSRF); the sign-in's own forms have no session yet, there the same-origin check stands alone.

    Raises:
        RefusedError: too many fields, or the token is not the session's.

    """
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True, max_num_fields=most).items()}
    except ValueError:
        raise RefusedError(f"a form has at most {most} fields") from None
    if any("\0" in text for text in fields.values()):
        raise RefusedError("a field holds a character that nobody can type")
    if proved:
        prove(fields, request.scope.get("ioc.principal"))
    return fields


def prove(fields: Mapping[str, str], who: Principal | None) -> None:
    """Raise RefusedError where a form does not carry the session's token."""
    if not (who and who.csrf and hmac.compare_digest(who.csrf.encode(), fields.get("csrf", "").encode())):
        raise RefusedError("this form does not belong to your session: open the page again")


def number_in(text: str, of: str) -> int:
    """The number of a row that a form or a path names. `of`: what it numbers.

    Raises:
        NotFoundError: no number, or one that no row can have.

    """
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFoundError(f"'{text[:40]}' is no number of {of}")
    return int(text)


def own_path(to: str, otherwise: str) -> str:
    """A path of ours to go on to; no address of another host is smuggled in."""
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and "\\" not in to
    return to[:2000] if plain else otherwise
