-- name: late_tasks
-- One row per agency with tasks that are overdue at the moment, most first: how many, and the deadline that passed longest ago. Absent = none.
select
    owner_org,
    count(*) as overdue,
    min(due_at) as oldest_due_at
from task_history
where is_open
    and due_at < %(at)s
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by owner_org
order by overdue desc, oldest_due_at, owner_org;

-- name: open_then
-- One row per alert that was open at a past moment, the gravest first, then the oldest, with what it had last told by then. What its condition
-- was found to be in between was not kept: `began_at` and `live_at` are null. Absent = nothing was open, or out of reach.
select
    h.subject as alert_id,
    h.state,
    0::bigint as version,
    h.rule_id,
    h.severity,
    h.unit_code,
    h.org_code,
    h.owner_org,
    h.subject_ref,
    h.raised_at,
    h.from_at as since_at,
    h.acknowledged_at,
    h.escalation_count,
    null as told_role,
    h.takeover,
    h.until_at,
    null as reason_code,
    null as note,
    coalesce(found.simulated, false) as simulated,
    h.value,
    found.cases,
    found.figures,
    null::timestamptz as began_at,
    null::timestamptz as live_at
from alert_history as h
left join lateral (
    select e.simulated, e.cases, e.figures
    from alert_event as e
    where e.subject = h.subject and e.occurred_at >= h.raised_at and e.occurred_at <= %(instant)s and e.recorded_at <= %(known)s
        and e.type in ('vn.ioc.alert.raised.v1', 'vn.ioc.alert.worsened.v1', 'vn.ioc.alert.eased.v1')
    order by e.occurred_at desc, e.recorded_at desc
    limit 1
) as found on true
where h.is_open
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
    and within_scope(h.unit_code, coalesce(h.owner_org, h.org_code), '', %(scope)s)
order by h.severity desc, h.raised_at, h.subject;

-- name: heard
-- One row per source that was heard by the moment, and whether what it tells is simulated. Absent = it was not heard in the days looked at.
select
    h.stream,
    h.source,
    h.heard_at as last_occurred_at,
    h.heard_at as last_recorded_at,
    coalesce(s.simulated, false) as simulated
from sources_heard(%(at)s, %(known)s, %(live)s) as h
left join source_state as s on h.stream = s.stream and h.source = s.source
where h.heard_at is not null;
