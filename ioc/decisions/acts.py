"""Which facts persons may decide, who may, and what each asks for: data, one desk a stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ioc.people.roles import Permission

GRAVE = 4
"""Severity of an alert that not everybody silences."""
SUPPRESSED_FOR = ("planned_work", "known_fault", "duplicate", "test", "other")
RESOLVED_BY = ("fixed", "false_alarm", "handed_over", "other")
LONGEST_SILENCE = timedelta(days=7)
"""Design: what must be silent for longer is a rule to be mended."""
LONGEST_EXTENSION = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One fact as something to decide.

    `fields`: of the payload that a person may tell; `weightier`: fields that, when told and not false, ask for another permission instead;
    `begins`: it may make a subject that is not there yet; `names`: a field that names another subject of the same stream. `grave`: what is asked for
    beside it where the subject is of severity 4. `choices`: field → codes, of which one is told. `longest`: field → how far ahead a moment may lie.
    `alone`: refused while another subject stands for the same. `either`: fields of which at least one is told.
    """

    permission: Permission
    fields: tuple[str, ...] = ()
    needs_reason: bool = False
    weightier: Mapping[str, Permission] = field(default_factory=dict)
    begins: bool = False
    names: str = ""
    grave: Permission | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    longest: Mapping[str, timedelta] = field(default_factory=dict)
    alone: bool = False
    either: tuple[str, ...] = ()

    def permission_for(self, data: Mapping[str, Any]) -> Permission:
        return next((p for name, p in self.weightier.items() if (value := data.get(name)) is not None and value is not False), self.permission)

    def permission_at(self, known: Mapping[str, Any], data: Mapping[str, Any]) -> Permission:
        """What is asked for in sight of the subject as it stands."""
        return self.grave if self.grave and known.get("severity") == GRAVE else self.permission_for(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One stream's decisions.

    `outside`: facts that only a source tells; `carried`: fields that the event takes over from the state; `reason_field`, `role_field`: where the
    payload keeps the words of the reason and the role of who decided; `agency_field`: whom a new subject is for; `words`: fields that hold a
    person's words beside the reason.
    """

    acts: Mapping[str, Act]
    outside: frozenset[str] = frozenset()
    carried: tuple[str, ...] = ("org_code", "unit_code", "unit_valid_on")
    reason_field: str = ""
    role_field: str = ""
    agency_field: str = "org_code"
    words: tuple[str, ...] = ()


_P = Permission
_TRIAGE, _WORK, _APPROVE = _P.REPORTS_TRIAGE, _P.REPORTS_WORK, _P.REPORTS_APPROVE
_ACT, _CLOSE_4 = _P.ALERTS_ACT, _P.ALERTS_CLOSE_4
_FOUND = ("severity", "dead", "injured", "agencies")

DESKS: Mapping[str, Desk] = {
    "report": Desk(
        carried=("jurisdiction", "org_code", "unit_code", "unit_valid_on"), reason_field="note", role_field="actor_role",
        acts={
            "noted": Act(permission=_TRIAGE, fields=("note", "media_ref")),
            "needs_info": Act(permission=_TRIAGE, fields=("note", "reason_code")),
            "info_added": Act(permission=_TRIAGE, fields=("note", "media_ref")),
            "verified": Act(permission=_TRIAGE, fields=("category", "priority", "note")),
            "rejected": Act(permission=_TRIAGE, fields=("reason_code",), needs_reason=True),
            "merged": Act(permission=_TRIAGE, fields=("parent_id",), needs_reason=True, names="parent_id"),
            "referred": Act(permission=_TRIAGE, fields=("to_org", "reason_code"), needs_reason=True),
            "undone": Act(permission=_TRIAGE, fields=("note",)),
            # A deadline that is set by hand is one that the term does not give.
            "assigned": Act(permission=_TRIAGE, fields=("to_org", "due_at", "note"), weightier={"due_at": _APPROVE}),
            "accepted": Act(permission=_WORK, fields=("note",)),
            "returned": Act(permission=_WORK, fields=("reason_code",), needs_reason=True),
            "in_progress": Act(permission=_WORK, fields=("note", "media_ref")),
            # The agency asks for a pause; that the clock stands is for the centre to approve.
            "paused": Act(permission=_WORK, fields=("approved", "reason_code"), needs_reason=True, weightier={"approved": _APPROVE}),
            "extension_asked": Act(permission=_WORK, fields=("wanted_due_at", "reason_code"), needs_reason=True,
                                   longest={"wanted_due_at": LONGEST_EXTENSION}),
            "extended": Act(permission=_APPROVE, fields=("due_at", "reason_code"), needs_reason=True),
            "denied": Act(permission=_APPROVE, fields=("reason_code",), needs_reason=True),
            # A picture of what was done, or a word on why there can be none.
            "resolved": Act(permission=_WORK, fields=("note", "media_ref", "reason_code"), either=("media_ref", "reason_code")),
            "published": Act(permission=_APPROVE, fields=("note", "media_ref", "reason_code")),
            "reopened": Act(permission=_APPROVE, fields=("due_at", "reason_code"), needs_reason=True),
        },
        outside=frozenset({"submitted", "rated", "closed", "closed_by_source"})),
    "task": Desk(
        agency_field="owner_org", words=("title",),
        acts={
            "assigned": Act(permission=_P.TASKS_GIVE, begins=True,
                            fields=("owner_org", "due_at", "source_document", "title", "org_code", "unit_code", "unit_valid_on")),
            "acknowledged": Act(permission=_P.TASKS_WORK),
            "reported": Act(permission=_P.TASKS_WORK, fields=("progress_pct",)),
            "extended": Act(permission=_P.TASKS_GIVE, fields=("new_due_at", "reason_code"), needs_reason=True),
            "completed": Act(permission=_P.TASKS_WORK, fields=("result_code",)),
            "returned": Act(permission=_P.TASKS_WORK, fields=("reason_code",), needs_reason=True),
            "cancelled": Act(permission=_P.TASKS_GIVE, fields=("reason_code",), needs_reason=True),
            "reopened": Act(permission=_P.TASKS_GIVE, fields=("new_due_at", "progress_pct", "reason_code"), needs_reason=True),
        }),
    "alert": Desk(
        reason_field="note", role_field="actor_role",
        acts={
            "acknowledged": Act(permission=_ACT),
            "assigned": Act(permission=_ACT, fields=("owner_org",)),
            "suppressed": Act(permission=_ACT, grave=_CLOSE_4, fields=("reason_code", "until_at"), needs_reason=True,
                              choices={"reason_code": SUPPRESSED_FOR}, longest={"until_at": LONGEST_SILENCE}),
            "unsuppressed": Act(permission=_ACT),
            "resolved": Act(permission=_ACT, grave=_CLOSE_4, fields=("reason_code",), choices={"reason_code": RESOLVED_BY}),
            "closed": Act(permission=_ACT, grave=_CLOSE_4),
            "reopened": Act(permission=_ACT, needs_reason=True, alone=True),
        },
        outside=frozenset({"raised", "worsened", "eased", "escalated"})),
    "incident": Desk(
        acts={
            "dispatched": Act(permission=_P.INCIDENTS_HANDLE, fields=_FOUND),
            "arrived": Act(permission=_P.INCIDENTS_HANDLE, fields=_FOUND),
            "updated": Act(permission=_P.INCIDENTS_HANDLE, fields=("kind", *_FOUND)),
            "cleared": Act(permission=_P.INCIDENTS_HANDLE, fields=("reason_code", *_FOUND)),
            "cancelled": Act(permission=_P.INCIDENTS_HANDLE, fields=("reason_code",), needs_reason=True),
        },
        outside=frozenset({"reported"})),
    "dossier": Desk(
        reason_field="reason",
        # The one-stop system keeps the dossier; what a head of unit says to the citizen about it is the head's own.
        acts={"apology_issued": Act(permission=_P.COMMIT, fields=("form_no", "signer_role"), needs_reason=True)},
        outside=frozenset({
            "submitted", "received", "refused", "transferred", "step_started", "step_finished", "supplement_requested", "supplemented", "suspended",
            "resumed", "payment_requested", "paid", "extended", "result_ready", "result_returned", "withdrawn", "stopped", "rated", "corrected"})),
}
