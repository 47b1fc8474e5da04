-- name: targets
-- One row per place and indicator (unit_code null = the whole province): what was reached since the year began, as told by the moment, up to the period's last day;
-- against the year's target, the share of the year that it stands for, and the same periods a year before. See indicator_year.
-- Null = not told, no target, nothing to compare with.
with figure as (
    select
        unit_code,
        org_code,
        indicator_id,
        value,
        numerator,
        denominator,
        told,
        target,
        done_pct,
        pace,
        change_pct,
        change_pt,
        published_differs,
        manual
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
    )
)

select
    case when unit_code = '' and org_code = '' then null else unit_code end as unit_code,
    org_code,
    null::bigint as no_cases,
    case when indicator_id = 'grdp' then value end as grdp,
    case when indicator_id = 'export_value' then value end as export_value,
    case when indicator_id = 'retail_sales' then value end as retail_sales,
    case when indicator_id = 'fdi_registered' then value end as fdi_registered,
    case when indicator_id = 'rice_output' then value end as rice_output,
    case when indicator_id = 'enterprises_new' then value end as enterprises_new,
    case when indicator_id = 'enterprises_dissolved' then value end as enterprises_dissolved,
    case when indicator_id = 'tourist_arrivals' then value end as tourist_arrivals,
    case when indicator_id = 'overnight_guests' then value end as overnight_guests,
    case when indicator_id = 'tourism_revenue' then value end as tourism_revenue,
    case when indicator_id = 'grdp_growth' then value end as grdp_growth,
    case when indicator_id = 'grdp_per_person' then value end as grdp_per_person,
    case when indicator_id = 'iip_growth' then value end as iip_growth,
    case when indicator_id = 'digital_economy' then value end as digital_economy,
    case when indicator_id = 'shrimp_area' then value end as shrimp_area,
    case when indicator_id = 'population' then value end as population,
    case when indicator_id = 'inspections_per_enterprise' then value end as inspections_per_enterprise,
    case when indicator_id = 'budget_revenue' then numerator end as budget_revenue_n,
    case when indicator_id = 'budget_revenue' then denominator end as budget_revenue_d,
    case when indicator_id = 'budget_revenue' then told end as budget_revenue_told,
    case when indicator_id = 'budget_spending' then numerator end as budget_spending_n,
    case when indicator_id = 'budget_spending' then denominator end as budget_spending_d,
    case when indicator_id = 'budget_spending' then told end as budget_spending_told,
    case when indicator_id = 'disbursement' then numerator end as disbursement_n,
    case when indicator_id = 'disbursement' then denominator end as disbursement_d,
    case when indicator_id = 'disbursement' then told end as disbursement_told,
    case when indicator_id = 'poverty' then numerator end as poverty_n,
    case when indicator_id = 'poverty' then denominator end as poverty_d,
    case when indicator_id = 'poverty' then told end as poverty_told,
    case when indicator_id = 'new_rural_communes' then numerator end as new_rural_communes_n,
    case when indicator_id = 'new_rural_communes' then denominator end as new_rural_communes_d,
    case when indicator_id = 'new_rural_communes' then told end as new_rural_communes_told,
    case when indicator_id = 'grdp' then target end as grdp_target,
    case when indicator_id = 'grdp' then done_pct end as grdp_done_pct,
    case when indicator_id = 'export_value' then target end as export_value_target,
    case when indicator_id = 'export_value' then done_pct end as export_value_done_pct,
    case when indicator_id = 'retail_sales' then target end as retail_sales_target,
    case when indicator_id = 'retail_sales' then done_pct end as retail_sales_done_pct,
    case when indicator_id = 'fdi_registered' then target end as fdi_registered_target,
    case when indicator_id = 'fdi_registered' then done_pct end as fdi_registered_done_pct,
    case when indicator_id = 'rice_output' then target end as rice_output_target,
    case when indicator_id = 'rice_output' then done_pct end as rice_output_done_pct,
    case when indicator_id = 'enterprises_new' then target end as enterprises_new_target,
    case when indicator_id = 'enterprises_new' then done_pct end as enterprises_new_done_pct,
    case when indicator_id = 'enterprises_dissolved' then target end as enterprises_dissolved_target,
    case when indicator_id = 'enterprises_dissolved' then done_pct end as enterprises_dissolved_done_pct,
    case when indicator_id = 'tourist_arrivals' then target end as tourist_arrivals_target,
    case when indicator_id = 'tourist_arrivals' then done_pct end as tourist_arrivals_done_pct,
    case when indicator_id = 'overnight_guests' then target end as overnight_guests_target,
    case when indicator_id = 'overnight_guests' then done_pct end as overnight_guests_done_pct,
    case when indicator_id = 'tourism_revenue' then target end as tourism_revenue_target,
    case when indicator_id = 'tourism_revenue' then done_pct end as tourism_revenue_done_pct,
    case when indicator_id = 'budget_revenue' then target end as budget_revenue_target,
    case when indicator_id = 'budget_revenue' then done_pct end as budget_revenue_done_pct,
    case when indicator_id = 'budget_spending' then target end as budget_spending_target,
    case when indicator_id = 'budget_spending' then done_pct end as budget_spending_done_pct,
    case when indicator_id = 'disbursement' then target end as disbursement_target,
    case when indicator_id = 'disbursement' then done_pct end as disbursement_done_pct,
    case when indicator_id = 'poverty' then target end as poverty_target,
    case when indicator_id = 'poverty' then done_pct end as poverty_done_pct,
    case when indicator_id = 'new_rural_communes' then target end as new_rural_communes_target,
    case when indicator_id = 'new_rural_communes' then done_pct end as new_rural_communes_done_pct,
    case when indicator_id = 'grdp_growth' then target end as grdp_growth_target,
    case when indicator_id = 'grdp_growth' then done_pct end as grdp_growth_done_pct,
    case when indicator_id = 'grdp_per_person' then target end as grdp_per_person_target,
    case when indicator_id = 'grdp_per_person' then done_pct end as grdp_per_person_done_pct,
    case when indicator_id = 'iip_growth' then target end as iip_growth_target,
    case when indicator_id = 'iip_growth' then done_pct end as iip_growth_done_pct,
    case when indicator_id = 'digital_economy' then target end as digital_economy_target,
    case when indicator_id = 'digital_economy' then done_pct end as digital_economy_done_pct,
    case when indicator_id = 'shrimp_area' then target end as shrimp_area_target,
    case when indicator_id = 'shrimp_area' then done_pct end as shrimp_area_done_pct,
    case when indicator_id = 'inspections_per_enterprise' then target end as inspections_per_enterprise_target,
    case when indicator_id = 'inspections_per_enterprise' then done_pct end as inspections_per_enterprise_done_pct,
    case when indicator_id = 'grdp' then pace end as grdp_pace,
    case when indicator_id = 'export_value' then pace end as export_value_pace,
    case when indicator_id = 'retail_sales' then pace end as retail_sales_pace,
    case when indicator_id = 'fdi_registered' then pace end as fdi_registered_pace,
    case when indicator_id = 'rice_output' then pace end as rice_output_pace,
    case when indicator_id = 'enterprises_new' then pace end as enterprises_new_pace,
    case when indicator_id = 'enterprises_dissolved' then pace end as enterprises_dissolved_pace,
    case when indicator_id = 'tourist_arrivals' then pace end as tourist_arrivals_pace,
    case when indicator_id = 'overnight_guests' then pace end as overnight_guests_pace,
    case when indicator_id = 'tourism_revenue' then pace end as tourism_revenue_pace,
    case when indicator_id = 'budget_revenue' then pace end as budget_revenue_pace,
    case when indicator_id = 'budget_spending' then pace end as budget_spending_pace,
    case when indicator_id = 'disbursement' then pace end as disbursement_pace,
    case when indicator_id = 'grdp' then change_pct end as grdp_change,
    case when indicator_id = 'export_value' then change_pct end as export_value_change,
    case when indicator_id = 'retail_sales' then change_pct end as retail_sales_change,
    case when indicator_id = 'fdi_registered' then change_pct end as fdi_registered_change,
    case when indicator_id = 'rice_output' then change_pct end as rice_output_change,
    case when indicator_id = 'enterprises_new' then change_pct end as enterprises_new_change,
    case when indicator_id = 'enterprises_dissolved' then change_pct end as enterprises_dissolved_change,
    case when indicator_id = 'tourist_arrivals' then change_pct end as tourist_arrivals_change,
    case when indicator_id = 'overnight_guests' then change_pct end as overnight_guests_change,
    case when indicator_id = 'tourism_revenue' then change_pct end as tourism_revenue_change,
    case when indicator_id = 'budget_revenue' then change_pct end as budget_revenue_change,
    case when indicator_id = 'budget_spending' then change_pct end as budget_spending_change,
    case when indicator_id = 'disbursement' then change_pct end as disbursement_change,
    case when indicator_id = 'poverty' then change_pt end as poverty_change,
    case when indicator_id = 'new_rural_communes' then change_pt end as new_rural_communes_change,
    case when indicator_id = 'grdp_growth' then change_pt end as grdp_growth_change,
    case when indicator_id = 'grdp_per_person' then change_pct end as grdp_per_person_change,
    case when indicator_id = 'iip_growth' then change_pt end as iip_growth_change,
    case when indicator_id = 'digital_economy' then change_pt end as digital_economy_change,
    case when indicator_id = 'shrimp_area' then change_pct end as shrimp_area_change,
    case when indicator_id = 'population' then change_pct end as population_change,
    concat_ws(' ', case when published_differs then 'published_differs' end, case when manual then 'manual' end) as flags
from figure;

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
from enterprise_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(as_of)s, %(from_history)s)
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
    and tstzrange(from_at, to_at) @> %(instant)s::timestamptz
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz
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
from report_history as h
where h.is_open
    and h.jurisdiction = %(jurisdiction)s
    and h.due_at < %(at)s and h.suspended_at is null
    and tstzrange(h.from_at, h.to_at) @> %(instant)s::timestamptz
    and tstzrange(h.known_from, h.known_to) @> %(known)s::timestamptz
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
    from tourism_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(as_of)s, %(from_history)s)
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
