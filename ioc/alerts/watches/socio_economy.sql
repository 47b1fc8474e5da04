-- name: pace
-- One row per place and indicator with a target of the year and something told of it. Absent = before April, no target, nothing told.
select
    indicator_id || '/' || coalesce(nullif(org_code, ''), nullif(unit_code, ''), 'province') as item,
    unit_code,
    org_code,
    '' as site,
    pace::float8 as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from indicator_year(
    %(tomorrow)s, %(at)s::timestamptz, %(known)s::timestamptz, array['']::text[],
    array[
        'grdp', 'export_value', 'retail_sales', 'fdi_registered', 'rice_output', 'enterprises_new', 'tourist_arrivals', 'overnight_guests',
        'tourism_revenue'
    ],
    array['budget_revenue', 'shrimp_area']
)
where pace is not null and extract(month from %(day)s::date) >= 4;

-- name: disbursement_short
-- One row per place that lags, by how many points more than it may. `wanted_pct`: what it would have to reach. Absent = it does not lag.
with told as materialized (
    select distinct on (unit_code, org_code, period)
        unit_code,
        org_code,
        period,
        grain,
        first_day,
        last_day,
        coalesce(value, 100 * numerator / nullif(denominator, 0), published_value) as told_pct
    from indicator_history
    where indicator_id = 'disbursement' and state = 'observed' and last_day > %(day)s::date - 400 and last_day <= %(day)s::date
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    order by unit_code, org_code, period, from_at desc
),

newest_month as (
    select distinct on (p.unit_code)
        p.unit_code,
        p.period,
        p.told_pct,
        n.told_pct - %(behind_pt)s::float8 as wanted_pct
    from told as p
    inner join told as n on p.period = n.period and n.unit_code = %(national_unit)s
    where p.unit_code = '' and p.org_code = '' and p.grain = 'month' and p.last_day > %(day)s::date - 100
    order by p.unit_code, p.last_day desc
),

year_before as (
    select distinct on (unit_code, org_code)
        unit_code,
        org_code,
        period,
        told_pct,
        %(required_pct)s::float8 as wanted_pct
    from told
    where unit_code <> %(national_unit)s
        and extract(year from last_day) = extract(year from %(day)s::date) - 1
        and extract(month from last_day) = 12
        and %(day)s::date between
        make_date(extract(year from %(day)s::date)::int, 1, 31) and make_date(extract(year from %(day)s::date)::int, 3, 31)
    order by unit_code, org_code, first_day
),

lagging as (
    select unit_code, '' as org_code, period, told_pct, wanted_pct
    from newest_month
    union all
    select unit_code, org_code, period, told_pct, wanted_pct
    from year_before
)

select
    'disbursement/' || coalesce(nullif(org_code, ''), nullif(unit_code, ''), 'province') || '/' || period || '/' || wanted_pct as item,
    unit_code,
    org_code,
    '' as site,
    (wanted_pct - told_pct)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('told_pct', round(told_pct::numeric, 2), 'wanted_pct', round(wanted_pct::numeric, 2)) as figures
from lagging
where told_pct < wanted_pct;

-- name: second_inspections
-- One row per enterprise whose inspections conflict. Absent = one a year, or those too many were cancelled.
select
    subject as item,
    unit_code,
    '' as org_code,
    unit_code as site,
    (case when conflict_conducted >= 2 then 2 else 1 end)::float8 as value,
    from_at as since_at,
    null::jsonb as figures
from enterprise_history
where conflict_year >= extract(year from %(day)s::date)
    and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: enterprise_petitions
-- One row per open petition past its term, those whose clock stands aside; of the province's own jurisdiction alone.
select
    h.subject as item,
    h.unit_code,
    h.org_code,
    h.unit_code as site,
    worked_days(h.due_at, %(at)s::timestamptz)::float8 as value,
    h.due_at as since_at,
    null::jsonb as figures
from report_history as h
where h.is_open and h.jurisdiction = '' and h.due_at < %(at)s::timestamptz and h.suspended_at is null
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
    and (
        h.category = %(category)s
        or exists (
            select 1
            from report_event as e
            where e.subject = h.subject
                and e.type = 'vn.ioc.report.submitted.v1'
                and e.reporter_kind = 'enterprise'
                and e.occurred_at < %(at)s::timestamptz
                and e.recorded_at <= %(known)s::timestamptz
        )
    );

-- name: monthly_missing
-- One row per indicator of a place and month that is late. Absent = told, not yet due, never told by month lately, or asked for by hand (then RI-06
-- says it, by the deadline of the province).
with months as (
    select (date_trunc('month', %(day)s::date::timestamp) - make_interval(months => n))::date as first_day
    from generate_series(1, 2) as n
),

worked as (
    select distinct (from_at at time zone 'Asia/Ho_Chi_Minh')::date as day
    from working_time
    where from_at >= %(at)s::timestamptz - interval '100 days' and from_at < %(at)s::timestamptz
),

due as (
    select
        m.first_day,
        count(*) - %(due_day)s::int as late_d
    from months as m
    inner join worked as w on m.first_day + interval '1 month' <= w.day
    group by m.first_day
),

told as materialized (
    select
        indicator_id,
        unit_code,
        org_code,
        first_day,
        last_day
    from indicator_history
    where state = 'observed' and grain = 'month'
        and last_day > %(day)s::date - 190
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
)

select distinct
    t.indicator_id || '/' || coalesce(nullif(t.org_code, ''), nullif(t.unit_code, ''), 'province') || '/' || to_char(d.first_day, 'YYYY-MM') as item,
    t.unit_code,
    t.org_code,
    '' as site,
    d.late_d::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('period', to_char(d.first_day, 'MM/YYYY')) as figures
from due as d
inner join told as t on d.first_day <= t.first_day + interval '3 months' and d.first_day > t.last_day
where d.late_d >= 1
    and not exists (
        select 1
        from told as o
        where o.indicator_id = t.indicator_id and o.unit_code = t.unit_code and o.org_code = t.org_code and o.first_day = d.first_day
    )
    and not exists (
        select 1
        from figure_due as f
        where f.subject = t.indicator_id || '/' || coalesce(nullif(t.org_code, ''), nullif(t.unit_code, ''), 'province') || '/'
            || to_char(d.first_day, 'YYYY-MM')
    );
