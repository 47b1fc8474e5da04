"""Roles and what each may see and do, after domain.md's table of roles: a role is a set of permissions, a grant may limit it to units,
agencies and fields of work.
"""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One thing that may be seen or done. Every path and every decision names the one it needs."""

    WALL = "wall"  # the wall and all panels in aggregate
    UNIT_PANELS = "unit_panels"  # figures of the own units and agencies alone
    PANELS_REFORM = "panels_reform"  # sections 1–4, with their lists
    PANELS_SAFETY = "panels_safety"  # sections 6 and 11, with their lists
    PANELS_PLATFORM = "panels_platform"  # section 7
    REPORTS_READ = "reports_read"
    REPORTS_CONTACT = "reports_contact"  # who reported; each look is a line of the ledger
    REPORTS_TRIAGE = "reports_triage"  # verify, reject, merge, assign, refer
    REPORTS_APPROVE = "reports_approve"  # pause, extension, undoing a merge
    REPORTS_WORK = "reports_work"  # accept, return, progress, resolve: of the own agency
    ALERTS_READ = "alerts_read"
    ALERTS_ACT = "alerts_act"
    ALERTS_CLOSE_4 = "alerts_close_4"
    INCIDENTS_HANDLE = "incidents_handle"
    TASKS_GIVE = "tasks_give"
    TASKS_WORK = "tasks_work"
    TARGETS_EDIT = "targets_edit"
    FIGURES_ENTER = "figures_enter"  # by hand, of the own unit or agency
    FIGURES_APPROVE = "figures_approve"  # what another person entered, of the own unit or agency
    FIGURES_APPROVE_REFORM = "figures_approve_reform"  # the same, of sections 1–4
    FIGURES_FOLLOW = "figures_follow"  # which units are late with theirs
    EXPORT = "export"
    COMMIT = "commit"  # apologies and commitments of a unit
    CONFIGURE = "configure"
    PEOPLE_MANAGE = "people_manage"
    SCREENS_MANAGE = "screens_manage"
    LETTERS_HANDLE = "letters_handle"  # dead letters, gaps, pauses
    AUDIT_READ = "audit_read"
    SCENARIOS_DRIVE = "scenarios_drive"
    CAMERAS_COUNTER = "cameras_counter"  # pictures of one-stop counters; each live view is a line of the ledger
    CAMERAS_TRAFFIC = "cameras_traffic"  # pictures of roads
    CAMERAS_SECURITY = "cameras_security"  # pictures of police cameras


_P = Permission
_WORK = frozenset({_P.REPORTS_READ, _P.REPORTS_WORK, _P.TASKS_WORK})
_STREETS = frozenset({_P.CAMERAS_COUNTER, _P.CAMERAS_TRAFFIC})

ROLES: Mapping[str, frozenset[Permission]] = {
    "leader": frozenset({_P.WALL, _P.ALERTS_READ, _P.TASKS_GIVE}),
    "shift_lead": frozenset({_P.WALL, _P.REPORTS_READ, _P.REPORTS_CONTACT, _P.REPORTS_TRIAGE, _P.REPORTS_APPROVE, _P.ALERTS_READ, _P.ALERTS_ACT,
                             _P.ALERTS_CLOSE_4, _P.TASKS_GIVE, _P.SCREENS_MANAGE, _P.LETTERS_HANDLE, _P.EXPORT, _P.FIGURES_FOLLOW}) | _STREETS,
    "operator": frozenset({_P.WALL, _P.REPORTS_READ, _P.REPORTS_CONTACT, _P.REPORTS_TRIAGE, _P.ALERTS_READ, _P.ALERTS_ACT, _P.SCREENS_MANAGE,
                           _P.LETTERS_HANDLE}) | _STREETS,
    "focal_point": _WORK | {_P.CAMERAS_COUNTER, _P.FIGURES_ENTER},
    "field_officer": _WORK,
    "unit_head": frozenset({_P.UNIT_PANELS, _P.COMMIT, _P.REPORTS_READ, _P.TASKS_WORK, _P.FIGURES_APPROVE}),
    "procedure_office": frozenset({_P.PANELS_REFORM, _P.TARGETS_EDIT, _P.EXPORT, _P.FIGURES_APPROVE_REFORM, _P.FIGURES_FOLLOW}),
    "incident_command": frozenset({_P.PANELS_SAFETY, _P.ALERTS_READ, _P.ALERTS_ACT, _P.INCIDENTS_HANDLE}) | _STREETS | {_P.CAMERAS_SECURITY},
    "administrator": frozenset({_P.PANELS_PLATFORM, _P.CONFIGURE, _P.PEOPLE_MANAGE, _P.SCREENS_MANAGE, _P.LETTERS_HANDLE}),
    "auditor": frozenset({_P.AUDIT_READ}),
    "presenter": frozenset({_P.WALL, _P.SCENARIOS_DRIVE}),
}
"""Role → what it may. The administrator takes no business decision and does not read the ledger; the auditor reads it and does nothing else."""

NAMES = {
    "leader": "Lãnh đạo tỉnh",
    "shift_lead": "Trưởng ca trực",
    "operator": "Trực ban, điều phối viên",
    "focal_point": "Đầu mối cơ quan",
    "field_officer": "Cán bộ hiện trường",
    "unit_head": "Lãnh đạo đơn vị",
    "procedure_office": "Phòng Kiểm soát thủ tục hành chính",
    "incident_command": "Công an, chỉ huy phòng chống thiên tai",
    "administrator": "Quản trị hệ thống",
    "auditor": "Kiểm tra, giám sát",
    "presenter": "Trình diễn",
}
"""Role → its name on the screen."""

LIMITED = frozenset({"focal_point", "field_officer", "unit_head"})
"""Roles that mean nothing without a unit or an agency: a grant of one names at least one."""

APART = (frozenset({"administrator", "auditor"}), frozenset({"administrator", "shift_lead"}), frozenset({"administrator", "operator"}))
"""Roles that one person never has together."""

SCREEN = frozenset({_P.WALL})
"""What a paired screen may: look."""
