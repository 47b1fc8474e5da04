"""The desk of figures entered by hand, as its pages are asked."""

import re
from html import unescape
from urllib.parse import urlencode

from tests.integration.cast import cookie
from tests.integration.cast import person as account
from tests.integration.citizen_desk import House, hidden
from tests.integration.streams_db import rows
from tests.integration.streams_wire import NOW
from tests.integration.web_server import Answer, ask

LIST = "/console/figures"
FIGURE = "disbursement/province/2026-10"
OWNER = "X99.04"
TOLD = {"numerator": "612", "denominator": "850", "source_text": "Báo cáo 45/BC-STC", "note": "chưa gồm vốn kéo dài"}


def person(house: House, login: str, *roles: str, agency: str = OWNER) -> str:
    account(house.conn, login, roles, NOW, agencies=(agency,))
    return cookie(house.conn, login, roles, NOW)


def focal(house: House) -> str:
    return person(house, "lan", "focal_point")


def head(house: House) -> str:
    return person(house, "minh", "unit_head")


def page(house: House, who: str, figure: str = FIGURE) -> Answer:
    return ask(house.base, f"{LIST}/{figure}", Cookie=who, Accept="text/html")


def post(house: House, who: str, fields: dict[str, str], figure: str = FIGURE) -> Answer:
    return ask(house.base, f"{LIST}/{figure}", method="POST", body=urlencode(fields).encode(), Cookie=who,
               **{"Content-Type": "application/x-www-form-urlencoded"})


def shown(house: House, who: str, figure: str = FIGURE) -> dict[str, str]:
    """What every form of the page carries."""
    found = page(house, who, figure)
    return {name: hidden(found, name) for name in ("csrf", "version", "key")}


def act(house: House, who: str, do: str, figure: str = FIGURE, **fields: str) -> Answer:
    return post(house, who, {**shown(house, who, figure), "do": do, **fields}, figure)


def entered(house: House, who: str = "", **changes: str) -> Answer:
    return act(house, who or focal(house), "enter", **{**TOLD, **changes})


def problem(answer: Answer) -> str:
    found = re.search(r'<p class="problem"[^>]*>(.*?)</p>', answer.body.decode(), re.DOTALL)
    return unescape(found[1]) if found else ""


def told(house: House, *names: str, subject: str = FIGURE) -> list[tuple[object, ...]]:
    return rows(house.conn, f"select {', '.join(names)} from indicator_state where subject = %s", subject)
