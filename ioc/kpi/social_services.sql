-- name: health
-- One row per unit and one (unit_code null) for the whole: days of health facilities in the period. Null = no facility told it. Absent = nothing
-- was told.
select
    unit_code,
    null as org_code,
    sum(facility_days) as facility_days,
    sum(visits) as visits,
    nullif(sum(insurance_visits), 0) as insurance_visits,
    sum(cccd_visits) as cccd_visits,
    sum(cccd_base) as cccd_base,
    sum(beds_occupied) as bed_days_occupied,
    sum(beds_available) as bed_days
from social_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by grouping sets ((), (unit_code))
having sum(facility_days) > 0;

-- name: beds
-- One row per unit: beds taken and there, on the newest day of the last two before the moment's that each of its hospitals told, that day included.
-- Absent = none told.
with newest as (
    select distinct on (facility_code)
        facility_code,
        unit_code,
        beds_occupied,
        beds_available
    from social_history
    where state = 'health' and beds_available > 0
        and day <= %(day)s and day >= %(day)s::date - 2
        and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    order by facility_code, day desc, from_at desc
)

select
    unit_code,
    '' as org_code,
    sum(beds_occupied) as beds_occupied,
    sum(beds_available) as beds_available
from newest
group by unit_code;

-- name: disease
-- One row per unit and one (unit_code null) for the whole: cases by their day of onset in the period, and how many people live there: the newest
-- population of a year that had begun by the period's last day. Null = the population was not told. Absent = no case was told.
with population as (
    select distinct on (unit_code)
        unit_code,
        value
    from indicators_at(%(at)s, %(known)s, %(province)s)
    where indicator_id = 'population' and grain = 'year' and org_code = '' and value is not null and first_day < %(until_day)s
    order by unit_code, last_day desc
),

counted as (
    select
        case when unit_code = any(%(province)s) then '' else unit_code end as unit_code,
        cases
    from social_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
    where disease_code <> ''
),

placed as (
    select
        case when grouping(unit_code) = 1 then '' else counted.unit_code end as unit_code,
        sum(cases) as cases
    from counted
    group by grouping sets ((), (unit_code))
    having sum(cases) > 0 and (grouping(unit_code) = 1 or unit_code <> '')
)

select
    nullif(unit_code, '') as unit_code,
    null as org_code,
    placed.cases,
    population.value as people
from placed
left join population using (unit_code);

-- name: schools
-- One row per unit and one (unit_code null) for the whole: the newest snapshot of each school, or of the unit where it is told as a whole, not
-- older than a school year.
-- Null = not told. Absent = nothing was told.
with newest as (
    select distinct on (unit_code, facility_code)
        unit_code,
        facility_code,
        schools,
        classes,
        pupils,
        teachers,
        dropped_out
    from social_history
    where state = 'school'
        and day < %(until_day)s and day >= %(until_day)s::date - 365
        and from_at < %(at)s and to_at >= %(at)s
        and known_from <= %(known)s and known_to > %(known)s
    order by unit_code, facility_code, day desc, from_at desc, subject
),

told_whole as (
    select unit_code
    from newest
    where facility_code = ''
)

select
    unit_code,
    null as org_code,
    sum(coalesce(schools, case when facility_code <> '' then 1 end)) as schools,
    sum(classes) as classes,
    sum(pupils) as pupils,
    sum(teachers) as teachers,
    sum(dropped_out) as dropped_out,
    sum(pupils) filter (where dropped_out is not null) as enrolled
from newest
where facility_code = '' or unit_code not in (select unit_code from told_whole)
group by grouping sets ((), (unit_code))
having count(*) > 0;

-- name: payments
-- One row per unit and one (unit_code null) for the whole: batches of allowances due in the period. `judged`: paid, or unpaid and past their term.
-- Null = not told. Absent = none was due.
with overdue as (
    select unit_code
    from social_history
    where is_open
        and day >= %(since_day)s and day < %(until_day)s
        and due_at < %(at)s
        and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
        and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
),

batch as (
    select
        unit_code,
        batches_due,
        batches_on_time,
        batches_late,
        beneficiaries_due,
        beneficiaries_paid_by_account,
        amount_due_vnd,
        amount_paid_vnd,
        0 as batches_overdue
    from social_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
    union all
    select
        unit_code,
        0 as batches_due,
        0 as batches_on_time,
        0 as batches_late,
        0 as beneficiaries_due,
        0 as beneficiaries_paid_by_account,
        0 as amount_due_vnd,
        0 as amount_paid_vnd,
        1 as batches_overdue
    from overdue
)

select
    unit_code,
    null as org_code,
    sum(batches_due) as batches,
    sum(batches_on_time) as on_time,
    sum(batches_late) as late,
    sum(batches_on_time) + sum(batches_late) + sum(batches_overdue) as judged,
    sum(beneficiaries_due) as beneficiaries,
    sum(beneficiaries_paid_by_account) as by_account,
    nullif(sum(amount_due_vnd), 0) as due_vnd,
    nullif(sum(amount_paid_vnd), 0) as paid_vnd
from batch
group by grouping sets ((), (unit_code))
having sum(batches_due) > 0;

-- name: payments_open
-- One row per unit with batches that are due at the moment and not paid. Absent = none is.
select
    unit_code,
    '' as org_code,
    count(*) filter (where due_at < %(at)s) as overdue,
    sum(beneficiaries_due) filter (where due_at < %(at)s) as waiting
from social_history
where is_open
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: typed
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
            'vaccinated_children', 'pupils_left', 'exam_passed', 'infographics', 'law_texts', 'health_training', 'health_training_cost',
            'postgraduate_support'
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
