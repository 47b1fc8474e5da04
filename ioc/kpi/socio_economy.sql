-- name: targets
-- One row per place and indicator (unit_code null = the whole province): what was reached since the year began, as told by the moment, up to the period's last day;
-- against the year's target, the share of the year that it stands for, and the same periods a year before. See indicator_year.
-- Null = not told, no target, nothing to compare with.
select
    case when unit_code = '' and org_code = '' then null else unit_code end as unit_code,
    org_code,
    indicator_id,
    null::bigint as no_cases,
    value,
    numerator,
    denominator,
    told,
    target,
    done_pct,
    pace,
    change_pct,
    change_pt,
    concat_ws(' ', case when published_differs then 'published_differs' end, case when manual then 'manual' end) as flags
from indicator_year(
    %(until_day)s, %(at)s, %(known)s, %(province)s,
    array[
        'grdp', 'export_value', 'retail_sales', 'fdi_registered', 'rice_output', 'enterprises_new', 'enterprises_dissolved',
        'tourist_arrivals', 'overnight_guests', 'tourism_revenue'
    ],
    array[
        'budget_revenue', 'budget_spending', 'disbursement', 'poverty', 'new_rural_communes', 'grdp_growth', 'grdp_per_person',
        'iip_growth', 'digital_economy', 'shrimp_area', 'population', 'inspections_per_enterprise'
    ]
);

-- name: paces
-- One row: of the targets of the year that add up over it and of which more is better, those of which something was told, and those that reach nine
-- tenths of what the plan would have by then (as SE-01 has it). 0 of 0 = none has both.
with year as materialized (
    select
        unit_code,
        org_code,
        pace
    from indicator_year(
        %(until_day)s, %(at)s, %(known)s, %(province)s,
        array[
            'grdp', 'export_value', 'retail_sales', 'fdi_registered', 'rice_output', 'enterprises_new', 'tourist_arrivals', 'overnight_guests',
            'tourism_revenue'
        ],
        array['budget_revenue', 'disbursement']
    )
)

select
    null::text as unit_code,
    '' as org_code,
    count(*) filter (where pace >= 0.9) as on_pace,
    count(*) as paced
from year
where unit_code = '' and org_code = '' and pace is not null;

-- name: enterprises
-- One row per unit with enterprises that began, stopped or ended, or with inspections, in the period. Absent = none.
select
    unit_code,
    '' as org_code,
    sum(new) as new,
    sum(resumed) as resumed,
    sum(suspended) as suspended,
    sum(dissolved) as dissolved,
    sum(new) + sum(resumed) - sum(suspended) - sum(dissolved) as net,
    sum(inspections_planned) as planned,
    sum(inspections_conducted) as conducted,
    sum(enterprises_inspected) as inspected,
    sum(second_inspections) as second
from enterprise_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code;

-- name: standing
-- One row per unit with enterprises that are registered and not dissolved at the moment. Absent = none is known.
select
    unit_code,
    '' as org_code,
    count(*) filter (where state = 'active') as active,
    count(*) filter (where state = 'suspended') as paused
from enterprise_history
where is_open
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: conflicts
-- One row per unit with enterprises that have more than one inspection in the moment's calendar year. Absent = none has.
select
    unit_code,
    '' as org_code,
    count(*) filter (where conflict_conducted < 2) as planned_twice,
    count(*) filter (where conflict_conducted >= 2) as conducted_twice
from enterprise_history
where conflict_year = extract(year from %(day)s::date)
    and from_at < %(at)s and to_at >= %(at)s
    and known_from <= %(known)s and known_to > %(known)s
group by unit_code;

-- name: feedback
-- One row per unit with reports that enterprises submitted in the period: how many were answered, and in time, by the moment. Absent = none came.
with submitted as (
    select distinct subject
    from report_event
    where type = 'vn.ioc.report.submitted.v1'
        and reporter_kind = 'enterprise'
        and jurisdiction = %(jurisdiction)s
        and occurred_at >= %(since)s and occurred_at < %(until)s
        and recorded_at <= %(known)s
)

select
    h.unit_code,
    '' as org_code,
    count(*) as received,
    count(*) filter (where h.resolved_at is not null) as answered,
    count(*) filter (where h.outcome = 'on_time') as answered_on_time
from report_history as h
inner join submitted using (subject)
where h.submitted_at >= %(since)s and h.submitted_at < %(until)s
    and h.from_at >= %(since)s
    and h.from_at < %(at)s and h.to_at >= %(at)s
    and h.known_from <= %(known)s and h.known_to > %(known)s
group by h.unit_code;

-- name: feedback_open
-- One row per unit with reports of enterprises that are open past their term at the moment, those that pause aside. Absent = none is.
select
    h.unit_code,
    '' as org_code,
    count(*) as overdue
from open_reports(%(instant)s, %(known)s, %(jurisdiction)s) as h
where h.overdue
    and exists (
        select 1
        from report_event as e
        where e.subject = h.subject
            and e.type = 'vn.ioc.report.submitted.v1'
            and e.reporter_kind = 'enterprise'
            and e.occurred_at < %(at)s
            and e.recorded_at <= %(known)s
    )
group by h.unit_code;

-- name: tourism
-- One row per unit and one (unit_code null) for the whole: guests and rooms of the reports whose periods lie within the period. Of a unit's reports
-- those of one length are taken, its totals or its facilities, whichever cover most days; the whole is what was told for it, else the sum of its
-- units. Null = not told.
with report as (
    select
        case when unit_code = any(%(province)s) then '' else unit_code end as unit_code,
        facility_code = '' as is_total,
        grain,
        day,
        (day + case grain
            when 'day' then interval '1 day'
            when 'week' then interval '7 days'
            when 'month' then interval '1 month'
            when 'quarter' then interval '3 months'
            else interval '1 year'
        end)::date as end_day,
        sum(arrivals) as arrivals,
        sum(overnight_guests) as overnight_guests,
        sum(revenue_vnd) as revenue_vnd,
        sum(rooms_occupied) as rooms_occupied,
        sum(rooms_available) as rooms_available
    from tourism_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
    group by 1, 2, 3, 4
    having sum(reports) > 0
),

told as (
    select
        r.unit_code,
        r.is_total,
        r.grain,
        r.end_day - r.day as days,
        r.arrivals,
        r.overnight_guests,
        r.revenue_vnd,
        r.rooms_occupied,
        r.rooms_available,
        of_what.about
    from report as r
    cross join lateral (values ('guests', true), ('rooms', r.rooms_available > 0)) as of_what (about, is_told)
    where of_what.is_told and r.end_day <= %(until_day)s
),

chosen as (
    select distinct on (unit_code, about)
        unit_code,
        about,
        is_total,
        grain
    from told
    group by unit_code, about, is_total, grain
    order by unit_code, about, sum(days) desc, is_total desc, max(days) desc
),

of_unit as (
    select
        unit_code,
        about,
        sum(arrivals) as arrivals,
        sum(overnight_guests) as overnight_guests,
        sum(revenue_vnd) as revenue_vnd,
        sum(rooms_occupied) as rooms_occupied,
        sum(rooms_available) as rooms_available
    from told
    inner join chosen using (unit_code, about, is_total, grain)
    group by unit_code, about
),

whole as (
    select about
    from of_unit
    where unit_code = ''
),

part as (
    select
        unit_code as place,
        unit_code,
        about
    from of_unit
    union all
    select
        '' as place,
        unit_code,
        about
    from of_unit
    where unit_code <> '' and about not in (select about from whole)
)

select
    nullif(place, '') as unit_code,
    null as org_code,
    sum(arrivals) filter (where about = 'guests') as arrivals,
    nullif(sum(overnight_guests) filter (where about = 'guests'), 0) as guests_staying,
    nullif(sum(revenue_vnd) filter (where about = 'guests'), 0) as receipts_vnd,
    sum(rooms_occupied) filter (where about = 'rooms') as rooms_occupied,
    sum(rooms_available) filter (where about = 'rooms') as rooms_available
from part
inner join of_unit using (unit_code, about)
group by place;
