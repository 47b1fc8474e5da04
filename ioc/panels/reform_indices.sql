-- name: published
-- One row per day of the last 90 for which the national portal published the province's score of QĐ 766: the shortest period that ends that day.
-- Absent = none was published.
select distinct on (unit_code, last_day)
    unit_code,
    last_day as day,
    coalesce(value, published_value) as score
from indicator_history
where indicator_id = 'score_766' and state = 'observed' and org_code = ''
    and last_day > %(day)s::date - 90 and last_day <= %(day)s::date
    and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
order by unit_code, last_day, first_day desc, from_at desc;

-- name: ranks
-- One row per yearly index, place and year of the last eleven, as told by the moment: rank and value as published. Null = not told. `approved_on`:
-- when what was typed in was approved.
select distinct on (indicator_id, unit_code, org_code, last_day)
    indicator_id,
    unit_code,
    org_code,
    extract(year from last_day)::int as year,
    rank,
    out_of,
    coalesce(manual, false) as manual,
    approved_on
from indicator_history
where indicator_id in ('par_index', 'sipas', 'papi', 'pci', 'dti', 'par_index_unit', 'par_index_agency')
    and state = 'observed' and grain = 'year'
    and last_day > %(day)s::date - 4018 and last_day <= %(day)s::date
    and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
order by indicator_id, unit_code, org_code, last_day, from_at desc;

-- name: missing
-- One row per indicator that is aimed at, whose period ended more than 30 days ago and of which nothing was told, the oldest first; the first 200.
-- Absent = none is missing.
select
    indicator_id,
    unit_code,
    org_code,
    period,
    %(day)s::date - last_day as days
from indicator_history
where is_open
    and last_day + 30 < %(day)s::date
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
order by last_day, indicator_id, unit_code, org_code
limit 200;
