"""An agency's own items: what it has to accept, do, and show as done; never who reported."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ioc.db.connect import Connection
from ioc.decisions.decide import Office, decide
from ioc.decisions.decision import Decided, Decision
from ioc.errors import InputError
from ioc.people.principal import Principal
from ioc.people.seals import Seals
from ioc.reports.photos import Photo
from ioc.reports.pictures import Sent, add_picture
from ioc.reports.queue import Asked, Reader, lines, page

ACTS: Mapping[str, str] = {
    "accepted": "Nhận việc", "in_progress": "Bắt đầu xử lý", "resolved": "Báo đã xử lý xong", "returned": "Trả lại, không đúng thẩm quyền",
    "paused": "Xin tạm dừng", "extension_asked": "Xin gia hạn",
}
"""What an agency decides, in the order of its work → what its button says."""
NO_PICTURE = "no_picture"
"""Reason of a result that no photograph can show (conduct of an official, noise that is over)."""
MOST = 100


def items(conn: Connection, reader: Reader) -> list[dict[str, Any]]:
    """The open items in reach that are with agencies, the most urgent first, at most MOST."""
    return lines(conn, page(conn, Asked(stage="agencies"), reader).subjects[:MOST], reader.who)


def act(conn: Connection, seals: Seals, decision: Decision, photo: Photo | None, who: Principal, office: Office, *,  # noqa: PLR0913 (who, what, where)
        address: str = "") -> Decided:
    """Decide, with the picture of the work where one is sent; the picture is kept although the decision may be refused.

    Raises:
        InputError: not to be decided so, or done without a picture and without a reason for that.
        ForbiddenError, NotFoundError, ConflictError, UnavailableError: as of `decide`.

    """
    if decision.fact not in ACTS:
        raise InputError(f"an agency decides none of '{decision.fact[:100]}': {', '.join(ACTS)}")
    data = dict(decision.data)
    if photo is not None:
        data["media_ref"] = [add_picture(conn, seals, who, Sent(subject=decision.subject, stage="after", photo=photo), office.clock.now())]
    told = Decision(stream="report", subject=decision.subject, fact=decision.fact, version=decision.version, key=decision.key, data=data,
                    reason=decision.reason)
    return decide(conn, told, who, office, address=address)


def urgency(seconds: float | None, due_at: datetime | None) -> str:
    """How an item stands by its deadline: late, soon (a working day), ahead, or open where it has none."""
    if seconds is None or due_at is None:
        return "open"
    return "late" if seconds < 0 else "soon" if seconds < 8 * 3600 else "ahead"
