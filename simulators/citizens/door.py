"""The centre's public door as an app of citizens uses it: Open311 GeoReport v2 over HTTP, and nothing else."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ioc.errors import InputError, UnavailableError
from simulators.citizens.pictures import picture
from simulators.citizens.town import Telling

BASE = "/open311/v2/"
PATIENCE_S = 20.0
_LATER = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Of a running centre. `key`: as `ioc source-key add` printed it; `run`: name of this run, so that a telling sent again counts once."""

    url: str
    key: str
    run: str

    def answers(self) -> bool:
        """Whether the centre takes requests."""
        try:
            self._ask("discovery.json")
        except (UnavailableError, InputError):
            return False
        return True

    def required(self, category: str) -> dict[str, str]:
        """What a service insists on beside the text: code → the first of its values, or a word that says nobody knows.

        Raises:
            UnavailableError, InputError: as for `send`.

        """
        told = self._ask(f"services/{urllib.parse.quote(category, safe='')}.json")
        return {asked["code"]: (asked.get("values") or [{"key": "không rõ"}])[0]["key"] for asked in told.get("attributes", ()) if asked["required"]}

    def send(self, telling: Telling, required: Mapping[str, str]) -> str:
        """File a report; its code.

        Raises:
            UnavailableError: the centre does not answer or asks to wait: send the same again.
            InputError: it refuses this report.

        """
        body, kind = multipart(fields(telling) | {f"attribute[{code}]": value for code, value in required.items()}, photo(telling))
        headers = {"Content-Type": kind, "Authorization": f"Bearer {self.key}", "Idempotency-Key": f"{self.run}-{telling.number:08}"}
        return str(self._ask("requests.json", body, headers)[0]["service_request_id"])

    def status(self, subject: str) -> str:
        """How a report stands, open or closed, as everybody may read it; '' = not shown yet, as a report that is still on its way.

        Raises:
            UnavailableError: the centre does not answer.

        """
        try:
            found = self._ask(f"requests/{urllib.parse.quote(subject, safe='')}.json")
        except InputError:
            return ""
        return str(found[0]["status"]) if found else ""

    def _ask(self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:
        request = urllib.request.Request(f"{self.url}{BASE}{path}", body, dict(headers or {}))  # noqa: S310 (the address is the operator's own)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            text = f"{path}: {refused.code} {refused.read(500).decode(errors='replace')}"
            raise (UnavailableError(text) if refused.code in _LATER else InputError(text)) from None
        except (OSError, ValueError) as away:
            raise UnavailableError(f"{self.url} does not answer: {away}") from None


def fields(telling: Telling) -> dict[str, str]:
    """A telling as fields of the standard; contacts are of numbers and domains that are reserved for fiction."""
    told = {"service_code": telling.category, "description": telling.text, "address_string": telling.address,
            "first_name": f"Công dân {telling.citizen}", "last_name": "(mô phỏng)", "email": f"congdan{telling.citizen}@example.org",
            "phone": f"+1 202 555 01{telling.citizen % 100:02}"}
    if telling.place:
        told |= {"long": f"{telling.place[0]:.6f}", "lat": f"{telling.place[1]:.6f}"}
    return {name: value for name, value in told.items() if value}


def photo(telling: Telling) -> bytes | None:
    if telling.picture is None:
        return None
    seed, handed_on = telling.picture
    return picture(seed, telling.category, handed_on=telling.number if handed_on else 0)


def multipart(told: Mapping[str, str], image: bytes | None) -> tuple[bytes, str]:
    """Body and content type of a form with a picture."""
    boundary = uuid5(NAMESPACE_URL, repr(sorted(told.items()))).hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in told.items()]
    if image is not None:
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="anh.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
                     + image + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
