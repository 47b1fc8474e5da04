-- name: report_untriaged
-- One row per report that waits for its triage longer than it may. Absent = in time, triaged, or waiting for its sender's information.
-- The figure is the longest wait of the unit, in minutes of working time; of danger to life by the clock.
with waiting as (
    select
        h.subject,
        h.unit_code,
        h.org_code,
        coalesce(h.priority, 4) as priority,
        h.from_at,
        case
            when h.priority = 1 then extract(epoch from %(instant)s::timestamptz - h.from_at)
            else worked_s(h.from_at, %(instant)s)
        end / 60 as wait_min
    from report_history as h
    where h.is_open and h.jurisdiction = '' and h.state in ('submitted', 'reopened')
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s, %(known)s)
        and h.from_at <= %(instant)s and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s
        and case
            when h.priority = 1 then h.from_at <= %(at)s::timestamptz - %(danger_min)s * interval '1 minute'
            else h.from_at <= %(wait_working_h_ago)s
        end
)

select
    subject as item,
    unit_code,
    org_code,
    '' as site,
    priority::double precision as value,
    case when priority = 1 then from_at + %(danger_min)s * interval '1 minute' end as since_at,
    jsonb_build_object('wait_min', round(max(wait_min) over (partition by coalesce(nullif(unit_code, ''), org_code)))) as figures
from waiting;

-- name: report_unaccepted
-- One row per report that its agency should have accepted by now. Absent = accepted, sent back, or in time.
-- It is the agency's, whichever unit the report is from. The figure is its longest wait, in hours of working time; of danger to life by the clock.
with waiting as (
    select
        h.subject,
        h.org_code,
        case
            when h.priority = 1 then extract(epoch from %(instant)s::timestamptz - h.assigned_at)::double precision
            else worked_s(h.assigned_at, %(instant)s)
        end / 3600 as wait_h,
        case
            when h.priority = 1 then %(danger_min)s / 60.0
            when h.category = any(%(slow_categories)s) then %(slow_working_h)s
            else %(accept_working_h)s
        end::double precision as term_h
    from report_history as h
    where h.is_open and h.jurisdiction = '' and h.state = 'assigned'
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s, %(known)s)
        and h.from_at <= %(instant)s and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s
        and case
            when h.priority = 1 then h.assigned_at <= %(at)s::timestamptz - %(danger_min)s * interval '1 minute'
            when h.category = any(%(slow_categories)s) then h.assigned_at <= %(slow_working_h_ago)s
            else h.assigned_at <= %(accept_working_h_ago)s
        end
)

select
    subject as item,
    '' as unit_code,
    org_code,
    '' as site,
    greatest(1, wait_h / term_h) as value,
    null::timestamptz as since_at,
    jsonb_build_object('wait_h', round((max(wait_h) over (partition by org_code))::numeric, 1)) as figures
from waiting;

-- name: report_time_left
-- One row per open report whose clock runs and whose deadline lies ahead. Absent = overdue, suspended, or without a deadline.
-- A report that was reopened has a new time, from then on. The figure is the time that is left, in hours.
with running as (
    select
        h.subject,
        h.unit_code,
        h.org_code,
        h.priority,
        h.due_at,
        coalesce(again.began_at, h.submitted_at) as began_at
    from report_history as h
    left join lateral (
        select max(e.occurred_at) as began_at
        from report_event as e
        where h.reopened_count > 0 and e.subject = h.subject and e.type = 'vn.ioc.report.reopened.v1'
            and e.occurred_at >= h.submitted_at and e.occurred_at < %(at)s and e.recorded_at <= %(known)s
    ) as again on true
    where h.is_open and h.jurisdiction = '' and h.suspended_at is null and h.due_at >= %(at)s
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s, %(known)s)
        and h.from_at <= %(instant)s and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s
),

counted as (
    select
        r.subject,
        r.unit_code,
        r.org_code,
        case when r.priority = 1 or w.term_s = 0 then extract(epoch from r.due_at - %(at)s) else w.left_s end as left_s,
        case when r.priority = 1 or w.term_s = 0 then extract(epoch from r.due_at - r.began_at) else w.term_s end as term_s
    from running as r
    cross join lateral (
        select
            coalesce(sum(extract(epoch from least(t.to_at, r.due_at) - greatest(t.from_at, r.began_at))), 0) as term_s,
            coalesce(sum(extract(epoch from least(t.to_at, r.due_at) - greatest(t.from_at, %(at)s::timestamptz))) filter (where t.to_at > %(at)s), 0) as left_s
        from working_time as t
        where t.from_at > r.began_at - interval '1 day' and t.from_at < r.due_at and t.to_at > r.began_at
    ) as w
)

select
    subject as item,
    unit_code,
    org_code,
    '' as site,
    (100 * left_s / nullif(term_s, 0))::double precision as value,
    null::timestamptz as since_at,
    jsonb_build_object('left_h', round(left_s / 3600, 1)) as figures
from counted;

-- name: report_overdue
-- One row per open report past its deadline whose clock runs. Absent = in time, suspended, or without a deadline.
-- A report that was reopened has a new time, from then on. The figure is the longest delay of the unit, in hours of working time; of danger
-- to life by the clock.
with late as (
    select
        h.subject,
        h.unit_code,
        h.org_code,
        h.priority,
        h.due_at,
        coalesce(again.began_at, h.submitted_at) as began_at
    from report_history as h
    left join lateral (
        select max(e.occurred_at) as began_at
        from report_event as e
        where h.reopened_count > 0 and e.subject = h.subject and e.type = 'vn.ioc.report.reopened.v1'
            and e.occurred_at >= h.submitted_at and e.occurred_at < %(at)s and e.recorded_at <= %(known)s
    ) as again on true
    where h.is_open and h.jurisdiction = '' and h.suspended_at is null and h.due_at < %(at)s
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s, %(known)s)
        and h.from_at <= %(instant)s and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s
),

counted as (
    select
        l.subject,
        l.unit_code,
        l.org_code,
        l.due_at,
        case when l.priority = 1 or w.term_s = 0 then extract(epoch from %(at)s - l.due_at) else w.late_s end as late_s,
        case when l.priority = 1 or w.term_s = 0 then extract(epoch from l.due_at - l.began_at) else w.term_s end as term_s
    from late as l
    cross join lateral (
        select
            coalesce(sum(extract(epoch from least(t.to_at, l.due_at) - greatest(t.from_at, l.began_at))) filter (where t.from_at < l.due_at), 0) as term_s,
            coalesce(sum(extract(epoch from least(t.to_at, %(at)s::timestamptz) - greatest(t.from_at, l.due_at))) filter (where t.to_at > l.due_at), 0) as late_s
        from working_time as t
        where t.from_at > l.began_at - interval '1 day' and t.from_at < %(at)s and t.to_at > l.began_at
    ) as w
)

select
    subject as item,
    unit_code,
    org_code,
    '' as site,
    (1 + late_s / greatest(term_s, 1))::double precision as value,
    due_at as since_at,
    jsonb_build_object('late_h', round(max(late_s) over (partition by coalesce(nullif(unit_code, ''), org_code)) / 3600, 1)) as figures
from counted;

-- name: report_cluster
-- One row per report that came within the time and has others of its kind within the radius, under the unit and kind of the one that has most
-- around it. Absent = it stands alone, was rejected, or has no place.
with lately as materialized (
    select h.subject, h.unit_code, h.org_code, h.category, h.lon_deg, h.lat_deg, h.submitted_at
    from report_history as h
    where h.jurisdiction = '' and h.from_at >= %(at)s::timestamptz - %(within_min)s * interval '1 minute' and h.from_at <= %(instant)s
        and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s
        and h.submitted_at >= %(at)s::timestamptz - %(within_min)s * interval '1 minute'
        and h.lon_deg is not null and h.lat_deg is not null and h.ended_as is distinct from 'rejected'
),

around as (
    select
        m.subject as middle,
        m.unit_code,
        m.org_code,
        m.category,
        o.subject,
        count(*) over (partition by m.subject) as reports,
        min(o.submitted_at) over (partition by m.subject) as began_at
    from lately as m
    inner join lately as o
        on m.category = o.category
            and power((o.lat_deg - m.lat_deg) * 111320, 2) + power((o.lon_deg - m.lon_deg) * 111320 * cos(radians(m.lat_deg)), 2) <= power(%(radius_m)s, 2)
)

select distinct on (subject)
    subject as item,
    unit_code,
    org_code,
    unit_code || '/' || category as site,
    reports::double precision as value,
    began_at as since_at,
    jsonb_build_object('category', category, 'radius_m', %(radius_m)s::int, 'within_min', %(within_min)s::int) as figures
from around
where reports > 1
order by subject, reports desc, middle;

-- name: report_unsatisfied
-- One row per report that was rated bad in the last days and not reopened since, or was reopened twice or more and is open. Absent = neither.
-- The figures are how many of each the unit has.
with bad as (
    select h.subject, h.unit_code, h.org_code, 1 as times, rated.at as since_at, 1 as rated, 0 as reopened
    from report_history as h
    cross join lateral (
        select max(e.occurred_at) as at
        from report_event as e
        where e.subject = h.subject and e.type = 'vn.ioc.report.rated.v1' and e.recorded_at <= %(known)s
            and e.occurred_at >= %(at)s::timestamptz - %(rated_days)s * interval '1 day' and e.occurred_at < %(at)s
    ) as rated
    where h.jurisdiction = '' and not h.is_open and h.rating = 1 and rated.at is not null
        and h.from_at >= %(at)s::timestamptz - %(rated_days)s * interval '1 day' and h.from_at <= %(instant)s
        and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s
    union all
    select h.subject, h.unit_code, h.org_code, h.reopened_count, null, 0, 1
    from report_history as h
    where h.is_open and h.jurisdiction = '' and h.reopened_count > 1
        and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s, %(known)s)
        and h.from_at <= %(instant)s and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s
)

select
    subject as item,
    unit_code,
    org_code,
    '' as site,
    times::double precision as value,
    since_at,
    jsonb_build_object(
        'rated', sum(rated) over (partition by coalesce(nullif(unit_code, ''), org_code)),
        'reopened', sum(reopened) over (partition by coalesce(nullif(unit_code, ''), org_code)),
        'rated_days', %(rated_days)s::int
    ) as figures
from bad;

-- name: report_danger
-- One row per open report of danger to life that no agency has taken up. Absent = accepted, merged, referred, rejected, or done.
select
    h.subject as item,
    h.unit_code,
    h.org_code,
    h.unit_code || '/' || h.category as site,
    (extract(epoch from %(at)s - coalesce(again.began_at, h.submitted_at)) / 60)::double precision as value,
    coalesce(again.began_at, h.submitted_at) as since_at,
    jsonb_build_object('category', h.category) as figures
from report_history as h
left join lateral (
    select max(e.occurred_at) as began_at
    from report_event as e
    where h.reopened_count > 0 and e.subject = h.subject and e.type = 'vn.ioc.report.reopened.v1'
        and e.occurred_at >= h.submitted_at and e.occurred_at < %(at)s and e.recorded_at <= %(known)s
) as again on true
where h.is_open and h.jurisdiction = '' and h.priority = 1 and h.state not in ('accepted', 'in_progress', 'paused')
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s, %(known)s)
    and h.from_at <= %(instant)s and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s;

-- name: report_bounced
-- One row per open report that was sent back and waits for an agency that takes it up. Absent = never sent back, or taken up.
select
    h.subject as item,
    h.unit_code,
    h.org_code,
    '' as site,
    h.returned_count::double precision as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from report_history as h
where h.is_open and h.jurisdiction = '' and h.returned_count > 0 and h.state not in ('accepted', 'in_progress', 'paused')
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s, %(known)s)
    and h.from_at <= %(instant)s and h.to_at > %(instant)s and h.known_from <= %(known)s and h.known_to > %(known)s;

-- name: report_spam_channel
-- One row per channel with so many reports rejected as spam on the seven days up to the moment's. Absent = fewer. No report says who sent it.
select
    channel as item,
    '' as unit_code,
    '' as org_code,
    channel as site,
    sum(spam)::double precision as value,
    null::timestamptz as since_at,
    jsonb_build_object('sent', sum(submitted)) as figures
from report_counts(%(day)s::date - 6, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
where jurisdiction = ''
group by channel
having sum(spam) >= %(spam_limit)s;
