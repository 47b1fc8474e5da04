-- name: unregistered_documents
-- One row per received copy that lies unregistered past its time. `late_h`: hours past it, of working time for one that is not urgent.
with waiting as materialized (
    select
        subject,
        unit_code,
        to_org,
        urgency,
        register_due_at
    from open_documents(%(instant)s, %(known)s)
    where unregistered
),

late as (
    select
        subject,
        unit_code,
        to_org,
        urgency,
        register_due_at,
        case
            when urgency in ('express', 'very_urgent', 'urgent') then extract(epoch from %(at)s::timestamptz - register_due_at)::float8
            else worked_s(register_due_at, %(at)s::timestamptz)
        end / 3600 as late_h
    from waiting
)

select
    subject as item,
    unit_code,
    to_org as org_code,
    to_org as site,
    late_h / (case urgency
        when 'express' then %(express_h)s::float8
        when 'very_urgent' then %(very_urgent_h)s::float8
        when 'urgent' then %(urgent_h)s::float8
        else %(normal_h)s::float8
    end) as value,
    register_due_at as since_at,
    jsonb_build_object(
        'late_h', round(late_h::numeric, 1),
        'urgent', count(*) filter (where urgency in ('express', 'very_urgent', 'urgent')) over (partition by coalesce(nullif(unit_code, ''), to_org))
    ) as figures
from late;

-- name: overdue_tasks
-- One row per task that is neither completed nor cancelled after its deadline; one without a deadline is never overdue.
select
    subject as item,
    unit_code,
    owner_org as org_code,
    owner_org as site,
    worked_days(due_at, %(at)s::timestamptz)::float8 as value,
    due_at as since_at,
    null::jsonb as figures
from open_tasks(%(instant)s, %(known)s)
where overdue;

-- name: slow_tasks
-- One row per open task whose deadline is near, the first half of its term aside, whatever its progress. `left_d`: working days after today.
with near as materialized (
    select
        subject,
        unit_code,
        owner_org,
        due_at,
        coalesce(progress_pct, 0) as progress_pct,
        worked_days(%(at)s::timestamptz, due_at) as left_d
    from open_tasks(%(instant)s, %(known)s)
    where state in ('assigned', 'acknowledged', 'in_progress')
        and due_at >= %(at)s::timestamptz and due_at < %(at)s::timestamptz + interval '30 days'
        and assigned_at + (due_at - assigned_at) / 2 <= %(at)s::timestamptz
)

select
    subject as item,
    unit_code,
    owner_org as org_code,
    owner_org as site,
    progress_pct::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('left_d', left_d) as figures
from near
where left_d <= %(within_d)s::int;

-- name: unacknowledged_tasks
-- One row per task that was assigned and not taken note of in time; one that was given back waits for another owner and is none.
select
    subject as item,
    unit_code,
    owner_org as org_code,
    owner_org as site,
    worked_days(acknowledge_due_at, %(at)s::timestamptz)::float8 as value,
    acknowledge_due_at as since_at,
    null::jsonb as figures
from open_tasks(%(instant)s, %(known)s)
where unseen;

-- name: lost_points
-- One row per conference point without a line while its session runs. Absent = connected, never joined, or the session is over.
with standing as materialized (
    select
        subject,
        unit_code,
        meeting_id,
        point_id,
        state,
        lost_at
    from meeting_history
    where is_open and state in ('running', 'lost') and from_at >= %(day_from)s::timestamptz
        and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
)

select
    p.subject as item,
    p.unit_code,
    '' as org_code,
    p.meeting_id as site,
    (extract(epoch from %(at)s::timestamptz - p.lost_at) / 60)::float8 as value,
    p.lost_at as since_at,
    null::jsonb as figures
from standing as p
inner join standing as s on p.meeting_id = s.meeting_id and s.point_id = '' and s.state = 'running'
where p.state = 'lost' and p.point_id <> '';

-- name: refusing_agencies
-- One row per agency with enough documents that arrived in the window. Absent = fewer.
select
    org_code as item,
    min(unit_code) as unit_code,
    org_code,
    org_code as site,
    (100.0 * sum(refused) / sum(arrived))::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('refused', sum(refused), 'arrived', sum(arrived)) as figures
from document_counts(
    %(day)s::date - %(window_d)s::int + 1, %(tomorrow)s, %(at)s::timestamptz, %(known)s::timestamptz, %(base_day)s::date, %(from_history)s
)
where direction = 'in'
group by org_code
having sum(arrived) >= %(least_cases)s;
