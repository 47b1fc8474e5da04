"""What the desk's pages stand on: database, clock, province, seals, identities, and how a page of theirs is made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from starlette.responses import HTMLResponse

from ioc.api.ask import Database
from ioc.api.guard import language
from ioc.api.hardening import address_of
from ioc.api.identity import Cookies, Found, Identities
from ioc.clock import Clock, local_day
from ioc.contacts.vault import Subject, report_text
from ioc.db.connect import Connection
from ioc.errors import ForbiddenError, NotFoundError
from ioc.layouts.desk import desk_page
from ioc.people.accounts import By
from ioc.people.principal import Principal
from ioc.people.seals import SealError, Seals
from ioc.profiles import Profile
from ioc.words import Words, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Of one web process. `seals` raises ConfigurationError where no key file is named."""

    database: Database
    clock: Clock
    profile: Profile
    identities: Identities
    cookies: Cookies
    seals: Callable[[], Seals]

    def by(self, request: Request) -> By:
        """Who acts by this request, from where, now by the machine's clock: a played scenario's persons are real."""
        return By(actor=self.who(request).actor, at=self.clock.real(), address=address_of(request.scope))

    def who(self, request: Request) -> Principal:
        who: Principal | None = request.scope.get("ioc.principal")
        assert who, "the guard lets nobody through to a path that needs a person"
        return who

    def found(self, request: Request) -> Found:
        found: Found | None = request.scope.get("ioc.found")
        assert found, "the guard lets nobody through to a path that needs a person"
        return found

    def report_words(self, conn: Connection, who: Principal, subject: str) -> str:
        """A report's words as this person may read them; '' where there are none (any more), they are out of reach, or no key opens them."""
        try:
            return report_text(conn, self.seals(), who, Subject("report", subject))
        except (ForbiddenError, NotFoundError, SealError):
            return ""

    def page(self, request: Request, template: str, title: str, *, status: int = 200, **values: Any) -> Response:
        """A page in the caller's language. `title` is one of the texts."""
        text = self.words()
        province = self.profile.title(text.language, local_day(self.clock.now()))
        who: Principal | None = request.scope.get("ioc.principal")
        html = desk_page(template, province, text.language, request.url.path, who=who, title=text(title), **values)
        return HTMLResponse(html, status)

    @staticmethod
    def words() -> Words:
        return words(language.get())

    def text(self, text: str) -> str:
        """One of the texts, in the caller's language."""
        return self.words()(text)
