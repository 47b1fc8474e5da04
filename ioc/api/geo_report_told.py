"""What GeoReport v2 tells of the server, its services and its requests, field by field as the standard names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ioc.clock import LOCAL
from ioc.profiles import Profile
from ioc.profiles.jurisdictions import Attribute
from ioc.reports.own import Own
from ioc.reports.public import PublicReport
from ioc.reports.services import Kind, Services

CHANGED = "2026-11-22T00:00:00+07:00"
"""When what discovery tells was last changed."""
PHOTOS = "/phan-anh/anh/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How requests are told to one reader. `base`: of the addresses of pictures, e.g. https://ioc.example."""

    services: Services
    base: str
    language: str

    def request(self, report: PublicReport, own: Own | None) -> dict[str, Any]:
        """One request; `own`: what its reader told when it filed it, None for all others."""
        code, name = self.services.of_category(report.jurisdiction, report.category, self.language)
        return {
            "service_request_id": report.subject, "status": report.open311_status, "status_notes": report.note, "service_name": name,
            "service_code": code, "description": own.description or None if own else None, "agency_responsible": report.agency or None,
            "service_notice": None, "requested_datetime": _moment(report.submitted_at), "updated_datetime": _moment(report.updated_at),
            "expected_datetime": _moment(report.expected_at), "address": (own.address if own else "") or report.address or None, "address_id": None,
            "zipcode": None, "lat": own.lat_deg if own else report.lat_deg, "long": own.lon_deg if own else report.lon_deg,
            "media_url": f"{self.base}{PHOTOS}{report.photos[0]}" if report.photos else None,
        }


def service(kind: Kind) -> dict[str, Any]:
    """A service of the list; all are answered with a request's id at once."""
    return {"service_code": kind.code, "service_name": kind.name, "description": kind.description, "metadata": bool(kind.attributes),
            "type": "realtime", "keywords": kind.keywords, "group": kind.group}


def definition(kind: Kind, language: str) -> dict[str, Any]:
    """What a service asks beside the text."""
    return {"service_code": kind.code, "attributes": [_attribute(a, n, language) for n, a in enumerate(kind.attributes, start=1)]}


def _attribute(attribute: Attribute, order: int, language: str) -> dict[str, Any]:
    english = language == "en"
    values = [{"key": key, "name": names[english]} for key, names in attribute.choices.items()]
    return {"variable": True, "code": attribute.code, "datatype": attribute.datatype, "required": attribute.required,
            "datatype_description": attribute.hint_en if english else attribute.hint, "order": order,
            "description": attribute.description_en if english else attribute.description, "values": values}


def discovery(profile: Profile, url: str) -> Mapping[str, Any]:
    """Where the server is and what it speaks."""
    return {
        "changeset": CHANGED, "contact": profile.title("vi", datetime.fromisoformat(CHANGED).date()),
        "key_service": "The centre gives keys to who connects an app: docs/open311.md",
        "endpoints": [{"specification": "http://wiki.open311.org/GeoReport_v2", "url": url, "changeset": CHANGED, "type": "production",
                       "formats": ["text/xml", "application/json"]}],
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(LOCAL).isoformat(timespec="seconds") if at else None
