-- name: rules
-- One row per rule with alerts raised in the period, and one (rule_id null) for all. `repeats`: raised again within the hour after the same
-- condition was raised last. `noise`: those, and those that are over without anybody having done a thing. `lately`, `acted_lately`: raised in the days before the period's end that 'never acted on' looks back over; a rule
-- whose alerts lie only there has raised = 0. `ack_s`: median, null = nobody has acknowledged one. Absent (but for the total) = it raised nothing.
with alert as (
    select
        rule_id,
        raised_at,
        acted,
        resolved_alone,
        ack_s,
        simulated,
        state in ('raised', 'acknowledged', 'assigned', 'suppressed') as is_open,
        raised_at - lag(raised_at) over (partition by dedup_key order by raised_at, subject) <= interval '60 minutes' as again
    from alert_state
    where raised_at >= least(%(since)s::timestamptz - interval '60 minutes', %(lately)s::timestamptz) and raised_at < %(until)s
)

select
    rule_id,
    count(*) filter (where raised_at >= %(since)s) as raised,
    count(*) filter (where raised_at >= %(since)s and acted) as acted,
    count(*) filter (where raised_at >= %(since)s and resolved_alone) as alone,
    count(*) filter (where raised_at >= %(since)s and again) as repeats,
    count(*) filter (where raised_at >= %(since)s and (again or not (acted or is_open))) as noise,
    count(*) filter (where raised_at >= %(since)s and is_open) as still_open,
    count(ack_s) filter (where raised_at >= %(since)s) as acknowledged,
    percentile_cont(0.5) within group (order by ack_s) filter (where raised_at >= %(since)s) as ack_s,
    count(*) filter (where raised_at >= %(lately)s) as lately,
    count(*) filter (where raised_at >= %(lately)s and acted) as acted_lately,
    coalesce(bool_or(simulated) filter (where raised_at >= %(since)s), false) as simulated
from alert
group by grouping sets ((), (rule_id))
order by noise desc, raised desc, rule_id;

-- name: hours
-- One row: hours within the period in which persons were signed in who could act on alerts, a person's sessions at the same time counted once.
-- A session lasts until its end, or as long after the last thing done as idleness is borne. 0 = nobody was.
with present as (
    select
        r.person_id,
        greatest(s.began_at, r.granted_at, %(since)s) as from_at,
        least(s.ended_at, s.until, s.active_at + make_interval(mins => %(idle_minutes)s), r.ended_at, %(until)s) as to_at
    from person_session as s
    inner join person_role as r on s.person_id = r.person_id
    where r.role = any(%(roles)s)
        and s.began_at < %(until)s and s.until > %(since)s
        and s.began_at >= %(since)s::timestamptz - %(longest)s::interval
),

spans as (
    select range_agg(tstzrange(from_at, to_at)) as held
    from present
    where from_at < to_at
    group by person_id
)

select coalesce(sum(extract(epoch from upper(one.span) - lower(one.span))), 0)::float8 / 3600 as hours
from spans
cross join lateral unnest(spans.held) as one (span);

-- name: first
-- One row: when the oldest alert was raised. Null = none ever was.
select min(raised_at) as first_at
from alert_state;
