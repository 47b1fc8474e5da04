-- name: results
-- One row per unit with tickets or desks in the period. Absent = none.
select
    unit_code,
    '' as org_code,
    sum(taken) as taken,
    sum(called) as called,
    sum(waited) as waited,
    sum(wait_s) as wait_s,
    sum(waited) - sum(over_15_min) as within_15_min,
    sum(over_30_min) as over_30_min,
    sum(served) as served,
    sum(service_s) as service_s,
    sum(abandoned) as abandoned,
    sum(rated) as rated,
    sum(satisfied) as satisfied,
    sum(dissatisfied) as dissatisfied,
    sum(desks) as desks
from counter_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code;

-- name: backlog
-- One row per unit with tickets of the moment's day that wait or are served, or desks that are open. Absent = nobody, none. What was left
-- open on an earlier day is a missing event, not a queue.
select
    unit_code,
    '' as org_code,
    count(*) filter (where state = 'waiting') as waiting,
    count(*) filter (where state = 'waiting' and taken_at < %(at)s::timestamptz - interval '15 minutes') as waiting_over_15_min,
    count(*) filter (where state in ('called', 'serving')) as being_served,
    count(*) filter (where state = 'open') as desks_open
from counter_history
where is_open
    and from_at >= %(day_from)s
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: staffed
-- One row per unit whose cameras counted people while a desk was open: minutes of opening that were counted, and those with staff (an hour's
-- share of counts with staff, times its minutes of opening). Absent = no desk told its hours or no camera counted. Open = one desk of the
-- unit at least; a desk that forgot to close does so at midnight.
with opening as (
    select
        unit_code,
        unnest(range_agg(tstzrange(from_at, least(
            to_at, %(until)s, ((from_at at time zone 'Asia/Ho_Chi_Minh')::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
        )))) as open_in
    from counter_history
    where is_open
        and state = 'open'
        and from_at >= %(since)s and from_at < %(until)s
        and known_from <= %(known)s and known_to > %(known)s
    group by unit_code
),

counted_opening as (
    select
        c.unit_code,
        extract(epoch from least(upper(o.open_in), c.hour + interval '1 hour') - greatest(lower(o.open_in), c.hour)) / 60 as open_min,
        least(c.staffed_n, c.occupancy_n)::float8 / c.occupancy_n as staffed_ratio
    from camera_hours(%(since)s, %(until)s, %(known)s, %(time_machine)s) as c
    inner join opening as o on c.unit_code = o.unit_code and c.hour < upper(o.open_in) and c.hour + interval '1 hour' > lower(o.open_in)
    where c.occupancy_n > 0
)

select
    unit_code,
    '' as org_code,
    sum(open_min) as open_min,
    sum(open_min * staffed_ratio) as staffed_min
from counted_opening
group by unit_code;

-- name: cameras
-- One row per unit with cameras that told their state in the period or the week before: minutes due and minutes online (an hour's share of
-- "online" times its minutes). Absent = none was heard. A silent camera is due for seven days after its last word, then out of service.
with heard as (
    select
        unit_code,
        online_n::float8 / status_n as online_ratio,
        greatest(hour, %(since)s) as due_from,
        least(hour + interval '1 hour', %(until)s) as told_until,
        least(lead(hour) over (partition by camera_id order by hour, unit_code), %(until)s, hour + interval '7 days') as due_until
    from camera_hours(%(since)s::timestamptz - interval '7 days', %(until)s, %(known)s, %(time_machine)s)
    where status_n > 0
),

due as (
    select
        unit_code,
        extract(epoch from due_until - due_from) / 60 as due_min,
        online_ratio * greatest(0, extract(epoch from least(told_until, due_until) - due_from)) / 60 as online_min
    from heard
    where due_until > due_from
)

select
    unit_code,
    '' as org_code,
    sum(due_min) as due_min,
    sum(online_min) as online_min
from due
group by unit_code;
