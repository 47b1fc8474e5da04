-- name: results
-- One row per receiving unit and agency with anything received, resolved or ended in the period. Absent = nothing was.
select
    unit_code,
    org_code,
    sum(received) as received,
    sum(resolved) as resolved,
    sum(early) as early,
    sum(on_time) as on_time,
    sum(late) as late,
    sum(really_late) as really_late,
    sum(delivery_unknown) as delivery_unknown,
    sum(in_time_first) as in_time_first,
    sum(refused) as refused,
    sum(withdrawn) as withdrawn,
    sum(stopped) as stopped,
    sum(supplemented) as supplemented,
    sum(supplemented_again) as supplemented_again,
    sum(due_differs) as due_differs,
    sum(apology_owed) as apology_owed,
    sum(apologised) as apologised,
    sum(late_slow_data_entry) as late_slow_data_entry,
    sum(late_technical_fault) as late_technical_fault,
    sum(late_applicant_unreachable) as late_applicant_unreachable,
    sum(late_complex_verification) as late_complex_verification,
    sum(late_inter_agency) as late_inter_agency,
    sum(late_other) as late_other,
    sum(rated) as rated,
    sum(satisfied) as satisfied,
    sum(used_s) as used_s,
    sum(statutory_d) as statutory_d,
    sum(statutory_d) - sum(committed_d) as saved_d
from dossier_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code, org_code;

-- name: backlog
-- One row per receiving unit and agency with open dossiers at the moment. Suspended ones are open, never overdue. Absent = nothing is open.
select
    unit_code,
    org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where not overdue) as open_in_time,
    count(*) filter (where overdue and due_at > %(overdue_1_after)s) as overdue_1,
    count(*) filter (where overdue and due_at <= %(overdue_1_after)s and due_at > %(overdue_3_after)s) as overdue_2_3,
    count(*) filter (where overdue and due_at <= %(overdue_3_after)s and due_at > %(overdue_7_after)s) as overdue_4_7,
    count(*) filter (where overdue and due_at <= %(overdue_7_after)s and due_at > %(overdue_15_after)s) as overdue_8_15,
    count(*) filter (where overdue and due_at <= %(overdue_15_after)s) as overdue_16,
    count(*) filter (where not waiting and not overdue and due_at <= %(due_soon_at)s) as due_soon,
    count(*) filter (where overdue and apology_at is null) as overdue_unapologised
from open_dossiers(%(instant)s, %(known)s)
group by unit_code, org_code;

-- name: carried_in
-- One row per receiving unit and agency with dossiers that were open when the period began. Absent = nothing was.
select unit_code, org_code, count(*) as carried_in
from dossier_history
where is_open
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(since)s::timestamptz - interval '1 microsecond', %(known)s::timestamptz)
    and from_at <= %(since)s::timestamptz - interval '1 microsecond' and to_at > %(since)s::timestamptz - interval '1 microsecond'
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code, org_code;
