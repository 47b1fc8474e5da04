-- name: targets
-- One row per place and indicator with a target of the moment's year: what was reached, told up to `last_day`, and the part of it that the year's
-- plan would have by then (1 = on plan; see indicator_year). `paced`: it adds up over the year and more is better, so that a pace says something.
-- Null = not told. Absent = no target. unit_code '' = the whole province, or its own code.
with year as materialized (
    select
        unit_code,
        org_code,
        indicator_id,
        value,
        target,
        done_pct,
        pace,
        manual
    from indicator_year(
        %(tomorrow)s, %(at)s::timestamptz, %(known)s::timestamptz, array['']::text[],
        array[
            'grdp', 'export_value', 'retail_sales', 'fdi_registered', 'rice_output', 'enterprises_new', 'enterprises_dissolved',
            'tourist_arrivals', 'overnight_guests', 'tourism_revenue'
        ],
        array[
            'budget_revenue', 'budget_spending', 'disbursement', 'poverty', 'new_rural_communes', 'grdp_growth', 'grdp_per_person',
            'iip_growth', 'digital_economy', 'shrimp_area', 'inspections_per_enterprise'
        ]
    )
)

select
    y.unit_code,
    y.indicator_id,
    y.value,
    y.target,
    y.done_pct,
    y.pace,
    y.manual,
    newest.last_day,
    y.indicator_id = any(array[
        'grdp', 'export_value', 'retail_sales', 'fdi_registered', 'rice_output', 'enterprises_new', 'tourist_arrivals', 'overnight_guests',
        'tourism_revenue', 'budget_revenue', 'disbursement'
    ]) as paced
from year as y
left join lateral (
    select max(h.last_day) as last_day
    from indicator_history as h
    where h.indicator_id = y.indicator_id and h.unit_code = y.unit_code and h.org_code = '' and h.state = 'observed'
        and h.first_day >= %(year_day)s and h.last_day >= %(year_day)s and h.last_day <= %(day)s
        and h.from_at < %(at)s and h.to_at >= %(at)s
        and h.known_from <= %(known)s and h.known_to > %(known)s
) as newest on true
where y.org_code = '' and y.target is not null
order by y.indicator_id, y.unit_code;

-- name: months
-- One row per month (its first day, local) of the last 12, the moment's own up to the moment: enterprises that began, came back, paused or ended.
-- What the table of transitions does not permit is not counted. Absent = none of it in that month.
select
    date_trunc('month', e.occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as month,
    count(*) filter (where e.type = 'vn.ioc.enterprise.registered.v1') as new,
    count(*) filter (where e.type = 'vn.ioc.enterprise.resumed.v1') as resumed,
    count(*) filter (where e.type = 'vn.ioc.enterprise.suspended.v1') as suspended,
    count(*) filter (where e.type = 'vn.ioc.enterprise.dissolved.v1') as dissolved
from enterprise_event as e
where e.type in ('vn.ioc.enterprise.registered.v1', 'vn.ioc.enterprise.resumed.v1', 'vn.ioc.enterprise.suspended.v1', 'vn.ioc.enterprise.dissolved.v1')
    and e.occurred_at >= (date_trunc('month', %(day)s::timestamp) - interval '11 months') at time zone 'Asia/Ho_Chi_Minh'
    and e.occurred_at < %(at)s and e.recorded_at <= %(known)s
    and not exists (
        select 1
        from irregularity as i
        where i.stream = 'enterprise' and i.subject = e.subject and i.identity = e.identity and i.known_from <= %(known)s and i.known_to > %(known)s
    )
group by 1
order by 1;

-- name: guests
-- One row per month (its first day) of the last 13 and place that told it by month: the total of the place, or where it told none, the sum of its
-- facilities. Null rooms = nobody told them. Absent = not told by month.
with told as (
    select
        day as month,
        unit_code,
        facility_code = '' as is_total,
        sum(arrivals)::bigint as arrivals,
        nullif(sum(rooms_occupied) filter (where rooms_available > 0), 0)::bigint as rooms_occupied,
        nullif(sum(rooms_available), 0)::bigint as rooms_available
    from tourism_counts(
        (date_trunc('month', %(day)s::timestamp) - interval '12 months')::date, %(tomorrow)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s
    )
    where grain = 'month'
    group by day, unit_code, facility_code = ''
    having sum(reports) > 0
)

select distinct on (month, unit_code) month, unit_code, arrivals, rooms_occupied, rooms_available
from told
where (month + interval '1 month')::date <= %(tomorrow)s
order by month, unit_code, is_total desc;
