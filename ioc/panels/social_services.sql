-- name: facilities
-- One row per hospital and clinic that told of a day of the last 14: the newest it told. Null = it has no beds, or did not say. Absent = nothing told.
select distinct on (facility_code)
    facility_code,
    unit_code,
    lon_deg,
    lat_deg,
    day,
    insurance_visits,
    cccd_visits,
    beds_occupied,
    beds_available
from social_history
where state = 'health'
    and day <= %(day)s and day > %(day)s::date - 14
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
order by facility_code, day desc, from_at desc;

-- name: weeks
-- One row per disease told in these times and ISO week, of the 26 before the moment's: cases by their day of onset; mean and standard deviation
-- of the same week and its neighbours in the five years before, and in how many of these anything was told then. Null cases = nobody told of any
-- disease that week. Absent = no case at all.
with week as (
    select date_trunc('week', %(day)s::timestamp)::date - 7 * back.n as first_day
    from generate_series(1, 26) as back (n)
),

alike as (
    select
        w.first_day,
        back.n as back,
        to_date(extract(isoyear from w.first_day) - back.n || to_char(w.first_day, '-IW-1'), 'IYYY-IW-ID') as then_day
    from week as w
    cross join generate_series(1, 5) as back (n)
),

span as (
    select min(first_day) as since_day, max(first_day) + 7 as until_day
    from week
    union all
    select min(then_day) - 7 as since_day, max(then_day) + 14 as until_day
    from alike
    group by back
),

told as materialized (
    select c.disease_code, date_trunc('week', c.day::timestamp)::date as first_day, sum(c.cases) as cases
    from span as s
    cross join lateral social_counts(s.since_day, s.until_day, %(at)s, %(known)s, %(base_day)s, %(from_history)s) as c
    where c.disease_code <> ''
    group by c.disease_code, date_trunc('week', c.day::timestamp)::date
    having sum(c.cases) > 0
),

years as (
    select a.first_day, count(distinct a.back) as years
    from alike as a
    inner join told as t on t.first_day >= a.then_day - 7 and t.first_day <= a.then_day + 7
    group by a.first_day
),

base as (
    select a.first_day, t.disease_code, sum(t.cases) as cases, sum(t.cases * t.cases) as squares
    from alike as a
    inner join told as t on t.first_day >= a.then_day - 7 and t.first_day <= a.then_day + 7
    group by a.first_day, t.disease_code
),

disease as (
    select distinct disease_code
    from told
),

heard as (
    select distinct first_day
    from told
)

select
    d.disease_code,
    w.first_day,
    case when h.first_day is not null then coalesce(n.cases, 0) end::bigint as cases,
    (coalesce(b.cases, 0) / (3.0 * y.years))::float8 as mean,
    sqrt(greatest(coalesce(b.squares, 0) - coalesce(b.cases, 0) * coalesce(b.cases, 0) / (3.0 * y.years), 0) / (3.0 * y.years - 1))::float8 as sd,
    coalesce(y.years, 0)::bigint as years
from disease as d
cross join week as w
left join heard as h on w.first_day = h.first_day
left join told as n on d.disease_code = n.disease_code and w.first_day = n.first_day
left join years as y on w.first_day = y.first_day
left join base as b on d.disease_code = b.disease_code and w.first_day = b.first_day
order by d.disease_code, w.first_day;

-- name: unit_cases
-- One row per unit with cases in the newest whole ISO week that ended at least three days ago (cases are told some days after the onset): how many.
-- Absent = none was told.
select c.unit_code, sum(c.cases)::bigint as cases
from social_counts(
    (date_trunc('week', %(day)s::timestamp - interval '3 days') - interval '7 days')::date,
    date_trunc('week', %(day)s::timestamp - interval '3 days')::date,
    %(at)s, %(known)s, %(base_day)s, %(from_history)s
) as c
where c.disease_code <> ''
group by c.unit_code
having sum(c.cases) > 0
order by c.unit_code;

-- name: batches
-- One row per batch of allowances due in the 15 days before the moment's day or the 15 after, or due earlier and still not paid: `state` due or
-- paid, `outcome` of a paid one on_time or late. Absent = none.
select
    h.unit_code,
    h.day as due_on,
    h.state,
    h.outcome,
    h.due_at,
    h.beneficiaries_due
from social_history as h
where h.state in ('due', 'paid')
    and h.day >= %(day)s::date - 15 and h.day <= %(day)s::date + 15
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
union all
select
    h.unit_code,
    h.day as due_on,
    h.state,
    h.outcome,
    h.due_at,
    h.beneficiaries_due
from social_history as h
where h.is_open and h.day < %(day)s::date - 15
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
order by due_at, unit_code;
