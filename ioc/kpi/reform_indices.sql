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
    case when indicator_id = 'par_index' then value end as par_index,
    case when indicator_id = 'par_index' then published_value end as par_index_published,
    case when indicator_id = 'par_index' then rank end as par_index_rank,
    case when indicator_id = 'par_index' then out_of end as par_index_out_of,
    case when indicator_id = 'par_index' then moved end as par_index_moved,
    case when indicator_id = 'par_index' then change end as par_index_change,
    case when indicator_id = 'par_index' then year end as par_index_year,
    case when indicator_id = 'par_index' then age_d end as par_index_age_d,
    case when indicator_id = 'sipas' then value end as sipas,
    case when indicator_id = 'sipas' then published_value end as sipas_published,
    case when indicator_id = 'sipas' then rank end as sipas_rank,
    case when indicator_id = 'sipas' then out_of end as sipas_out_of,
    case when indicator_id = 'sipas' then moved end as sipas_moved,
    case when indicator_id = 'sipas' then change end as sipas_change,
    case when indicator_id = 'sipas' then year end as sipas_year,
    case when indicator_id = 'sipas' then age_d end as sipas_age_d,
    case when indicator_id = 'papi' then value end as papi,
    case when indicator_id = 'papi' then published_value end as papi_published,
    case when indicator_id = 'papi' then rank end as papi_rank,
    case when indicator_id = 'papi' then out_of end as papi_out_of,
    case when indicator_id = 'papi' then moved end as papi_moved,
    case when indicator_id = 'papi' then change end as papi_change,
    case when indicator_id = 'papi' then year end as papi_year,
    case when indicator_id = 'papi' then age_d end as papi_age_d,
    case when indicator_id = 'pci' then value end as pci,
    case when indicator_id = 'pci' then published_value end as pci_published,
    case when indicator_id = 'pci' then rank end as pci_rank,
    case when indicator_id = 'pci' then out_of end as pci_out_of,
    case when indicator_id = 'pci' then moved end as pci_moved,
    case when indicator_id = 'pci' then change end as pci_change,
    case when indicator_id = 'pci' then year end as pci_year,
    case when indicator_id = 'pci' then age_d end as pci_age_d,
    case when indicator_id = 'dti' then value end as dti,
    case when indicator_id = 'dti' then published_value end as dti_published,
    case when indicator_id = 'dti' then rank end as dti_rank,
    case when indicator_id = 'dti' then out_of end as dti_out_of,
    case when indicator_id = 'dti' then moved end as dti_moved,
    case when indicator_id = 'dti' then change end as dti_change,
    case when indicator_id = 'dti' then year end as dti_year,
    case when indicator_id = 'dti' then age_d end as dti_age_d,
    case when indicator_id = 'par_index_unit' then value end as par_index_unit,
    case when indicator_id = 'par_index_unit' then published_value end as par_index_unit_published,
    case when indicator_id = 'par_index_unit' then rank end as par_index_unit_rank,
    case when indicator_id = 'par_index_unit' then out_of end as par_index_unit_out_of,
    case when indicator_id = 'par_index_unit' then moved end as par_index_unit_moved,
    case when indicator_id = 'par_index_unit' then change end as par_index_unit_change,
    case when indicator_id = 'par_index_unit' then year end as par_index_unit_year,
    case when indicator_id = 'par_index_unit' then age_d end as par_index_unit_age_d,
    case when indicator_id = 'par_index_agency' then value end as par_index_agency,
    case when indicator_id = 'par_index_agency' then published_value end as par_index_agency_published,
    case when indicator_id = 'par_index_agency' then rank end as par_index_agency_rank,
    case when indicator_id = 'par_index_agency' then out_of end as par_index_agency_out_of,
    case when indicator_id = 'par_index_agency' then moved end as par_index_agency_moved,
    case when indicator_id = 'par_index_agency' then change end as par_index_agency_change,
    case when indicator_id = 'par_index_agency' then year end as par_index_agency_year,
    case when indicator_id = 'par_index_agency' then age_d end as par_index_agency_age_d,
    case when indicator_id = 'score_766' then value end as score_766,
    case when indicator_id = 'score_766' then published_value end as score_766_published,
    case when indicator_id = 'score_766' then rank end as score_766_rank,
    case when indicator_id = 'score_766' then out_of end as score_766_out_of,
    case when indicator_id = 'score_766' then moved end as score_766_moved,
    case when indicator_id = 'score_766' then change end as score_766_change,
    case when indicator_id = 'score_766' then year end as score_766_year,
    case when indicator_id = 'score_766' then age_d end as score_766_age_d,
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
    case when indicator_id = 'departments_improved' then numerator end as departments_improved_n,
    case when indicator_id = 'departments_improved' then denominator end as departments_improved_d,
    case when indicator_id = 'departments_improved' then coalesce(published_value, value) end as departments_improved_told,
    case when indicator_id = 'culture_centres_merged' then numerator end as culture_centres_merged_n,
    case when indicator_id = 'culture_centres_merged' then denominator end as culture_centres_merged_d,
    case when indicator_id = 'culture_centres_merged' then coalesce(published_value, value) end as culture_centres_merged_told,
    case when indicator_id = 'functions_regulated' then numerator end as functions_regulated_n,
    case when indicator_id = 'functions_regulated' then denominator end as functions_regulated_d,
    case when indicator_id = 'functions_regulated' then coalesce(published_value, value) end as functions_regulated_told,
    case when indicator_id = 'staff_postgraduate' then numerator end as staff_postgraduate_n,
    case when indicator_id = 'staff_postgraduate' then denominator end as staff_postgraduate_d,
    case when indicator_id = 'staff_postgraduate' then coalesce(published_value, value) end as staff_postgraduate_told,
    case when indicator_id = 'autonomy_agencies' then numerator end as autonomy_agencies_n,
    case when indicator_id = 'autonomy_agencies' then denominator end as autonomy_agencies_d,
    case when indicator_id = 'autonomy_agencies' then coalesce(published_value, value) end as autonomy_agencies_told,
    case when indicator_id = 'autonomy_communes' then numerator end as autonomy_communes_n,
    case when indicator_id = 'autonomy_communes' then denominator end as autonomy_communes_d,
    case when indicator_id = 'autonomy_communes' then coalesce(published_value, value) end as autonomy_communes_told,
    case when indicator_id = 'autonomy_units_province' then numerator end as autonomy_units_province_n,
    case when indicator_id = 'autonomy_units_province' then denominator end as autonomy_units_province_d,
    case when indicator_id = 'autonomy_units_province' then coalesce(published_value, value) end as autonomy_units_province_told,
    case when indicator_id = 'autonomy_units_district' then numerator end as autonomy_units_district_n,
    case when indicator_id = 'autonomy_units_district' then denominator end as autonomy_units_district_d,
    case when indicator_id = 'autonomy_units_district' then coalesce(published_value, value) end as autonomy_units_district_told,
    case when indicator_id = 'iso_9001' then numerator end as iso_9001_n,
    case when indicator_id = 'iso_9001' then denominator end as iso_9001_d,
    case when indicator_id = 'iso_9001' then coalesce(published_value, value) end as iso_9001_told,
    case when indicator_id = 'procedures_reviewed' then value end as procedures_reviewed,
    case when indicator_id = 'review_groups' then value end as review_groups,
    case when indicator_id = 'simplification_decisions' then value end as simplification_decisions,
    case when indicator_id = 'procedures_shortened' then value end as procedures_shortened,
    case when indicator_id = 'internal_cost_cut' then value end as internal_cost_cut,
    case when indicator_id = 'reform_initiatives' then value end as reform_initiatives,
    case when indicator_id = 'reform_models' then value end as reform_models,
    case when indicator_id = 'offices_removed_province' then value end as offices_removed_province,
    case when indicator_id = 'offices_removed_subdept' then value end as offices_removed_subdept,
    case when indicator_id = 'offices_removed_service' then value end as offices_removed_service,
    case when indicator_id = 'offices_removed_district' then value end as offices_removed_district,
    case when indicator_id = 'coordination_bodies_removed' then value end as coordination_bodies_removed,
    case when indicator_id = 'appointments' then value end as appointments,
    case when indicator_id = 'recruited' then value end as recruited,
    case when indicator_id = 'promoted' then value end as promoted,
    case when indicator_id = 'training_turns' then value end as training_turns,
    case when indicator_id = 'training_postgraduate' then value end as training_postgraduate,
    case when indicator_id = 'staff' then value end as staff,
    case when indicator_id = 'iso_9001_electronic' then value end as iso_9001_electronic,
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
    case when indicator_id = 'par_plan' then numerator end as par_plan_n,
    case when indicator_id = 'par_plan' then denominator end as par_plan_d,
    case when indicator_id = 'par_plan' then coalesce(published_value, value) end as par_plan_told,
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
from indicator_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(as_of)s, %(from_history)s)
group by unit_code, org_code
having sum(observed) > 0 or sum(targets) > 0;

-- name: missing
-- One row per place with indicators that are aimed at and not told 30 days after their period's end. Absent = none is missing.
select
    unit_code,
    org_code,
    count(*) as missing
from indicator_history
where is_open
    and last_day + 30 < %(day)s
    and tstzrange(from_at, to_at) @> %(instant)s::timestamptz
    and tstzrange(known_from, known_to) @> %(known)s::timestamptz
group by unit_code, org_code;
