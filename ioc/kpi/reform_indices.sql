-- name: indices
-- One row per place and indicator (unit_code null = the whole province): the observation of the newest period that ended by the period's last day,
-- as told by the moment. `moved`, `change`: against the period right before, of the same length, ranks only where they are out of as many.
-- Null = not told, or nothing to compare with.
with told as (
    select
        unit_code,
        org_code,
        indicator_id,
        grain,
        first_day,
        last_day,
        value,
        numerator,
        denominator,
        published_value,
        rank,
        out_of,
        published_differs,
        manual,
        lag(last_day) over of_a_kind as last_day_before,
        lag(value) over of_a_kind as value_before,
        lag(rank) over of_a_kind as rank_before,
        lag(out_of) over of_a_kind as out_of_before
    from indicators_at(%(at)s, %(known)s, %(province)s)
    where state = 'observed' and last_day < %(until_day)s
        and indicator_id in (
            'par_index', 'sipas', 'papi', 'pci', 'dti', 'par_index_unit', 'par_index_agency', 'score_766'
        )
    window of_a_kind as (partition by unit_code, org_code, indicator_id, grain order by last_day)
),

newest as (
    select distinct on (unit_code, org_code, indicator_id)
        unit_code,
        org_code,
        indicator_id,
        value,
        published_value,
        rank,
        out_of,
        published_differs,
        manual,
        case when last_day_before = first_day - 1 and out_of_before = out_of then rank_before - rank end as moved,
        case when last_day_before = first_day - 1 then value - value_before end as change,
        extract(year from last_day) as year,
        %(day)s::date - last_day as age_d
    from told
    order by unit_code, org_code, indicator_id, last_day desc, first_day desc
)

select
    case when unit_code = '' and org_code = '' then null else unit_code end as unit_code,
    org_code,
    indicator_id,
    value,
    published_value,
    rank,
    out_of,
    moved,
    change,
    year,
    age_d,
    concat_ws(' ', case when published_differs then 'published_differs' end, case when manual then 'manual' end) as flags
from newest;

-- name: apparatus
-- One row per place and indicator: the newest observation whose period ended by the period's last day. Null = not told.
with newest as (
    select distinct on (unit_code, org_code, indicator_id)
        unit_code,
        org_code,
        indicator_id,
        grain,
        first_day,
        last_day,
        value,
        numerator,
        denominator,
        published_value,
        rank,
        out_of,
        published_differs,
        manual
    from indicators_at(%(at)s, %(known)s, %(province)s)
    where state = 'observed' and last_day < %(until_day)s
        and indicator_id in (
            'departments_improved', 'culture_centres_merged', 'functions_regulated', 'staff_postgraduate', 'autonomy_agencies',
            'autonomy_communes', 'autonomy_units_province', 'autonomy_units_district', 'iso_9001', 'procedures_reviewed', 'review_groups',
            'simplification_decisions', 'procedures_shortened', 'internal_cost_cut', 'reform_initiatives', 'reform_models',
            'offices_removed_province', 'offices_removed_subdept', 'offices_removed_service', 'offices_removed_district',
            'coordination_bodies_removed', 'appointments', 'recruited', 'promoted', 'training_turns', 'training_postgraduate', 'staff',
            'iso_9001_electronic'
        )
    order by unit_code, org_code, indicator_id, last_day desc, first_day desc
)

select
    case when unit_code = '' and org_code = '' then null else unit_code end as unit_code,
    org_code,
    indicator_id,
    value,
    numerator,
    denominator,
    coalesce(published_value, value) as told,
    concat_ws(' ', case when published_differs then 'published_differs' end, case when manual then 'manual' end) as flags
from newest;

-- name: plan
-- One row per place: the reform plan of the year as last told within it. Absent = nothing was told of this year.
with newest as (
    select distinct on (unit_code, org_code, indicator_id)
        unit_code,
        org_code,
        indicator_id,
        grain,
        first_day,
        last_day,
        value,
        numerator,
        denominator,
        published_value,
        rank,
        out_of,
        published_differs,
        manual
    from indicators_at(%(at)s, %(known)s, %(province)s)
    where state = 'observed' and last_day < %(until_day)s
        and first_day >= date_trunc('year', %(until_day)s::date - 1)
        and indicator_id in (
            'par_plan'
        )
    order by unit_code, org_code, indicator_id, last_day desc, first_day desc
)

select
    case when unit_code = '' and org_code = '' then null else unit_code end as unit_code,
    org_code,
    indicator_id,
    numerator,
    denominator,
    coalesce(published_value, value) as told,
    concat_ws(' ', case when published_differs then 'published_differs' end, case when manual then 'manual' end) as flags
from newest;

-- name: quality
-- One row per place with indicators that were first told, or first aimed at, in the period; of all panels. Absent = none was.
select
    unit_code,
    org_code,
    sum(observed) as observed,
    sum(manual) as typed_in,
    sum(published_differs) as published_differs,
    sum(revisions) as revisions,
    sum(targets) as targets
from indicator_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code, org_code
having sum(observed) > 0 or sum(targets) > 0;

-- name: missing
-- One row per place with indicators that are aimed at and not told 30 days after their period's end. What other provinces (codes of two digits,
-- decision 124/2004/QĐ-TTg) aimed at is history, and nobody here owes it. Absent = none is missing.
select
    unit_code,
    org_code,
    count(*) as missing
from indicator_history
where is_open
    and last_day + 30 < %(day)s
    and (length(unit_code) <> 2 or unit_code = any(%(province)s::text[]))
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code, org_code;
