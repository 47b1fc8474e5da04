-- name: score_766
-- One row per place with a score: the newest period's. A province's own has no unit and no agency. Absent = none was published lately.
select distinct on (unit_code, org_code)
    indicator_id || '/' || coalesce(nullif(org_code, ''), nullif(unit_code, ''), 'province') as item,
    unit_code,
    org_code,
    '' as site,
    coalesce(value, published_value)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('period', period) as figures
from indicator_history
where indicator_id = 'score_766' and state = 'observed'
    and last_day > %(day)s::date - %(window_d)s::int and last_day <= %(day)s::date
    and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
order by unit_code, org_code, last_day desc, first_day desc, from_at desc;

-- name: score_766_fall
-- One row per place and length of period with a newest score of the last fortnight and another one before it. Below 0 = it rose.
with told as (
    select
        unit_code,
        org_code,
        grain,
        last_day,
        coalesce(value, published_value) as score,
        max(last_day) over (partition by unit_code, org_code, grain) as newest_day
    from indicator_history
    where indicator_id = 'score_766' and state = 'observed' and grain in ('day', 'week')
        and last_day > %(day)s::date - 14 - %(within_d)s::int and last_day <= %(day)s::date
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
),

compared as (
    select
        unit_code,
        org_code,
        grain,
        max(score) filter (where last_day = newest_day) as score,
        max(score) filter (where last_day < newest_day and last_day >= newest_day - %(within_d)s::int) as before
    from told
    where newest_day > %(day)s::date - 14
    group by unit_code, org_code, grain
)

select
    'score_766/' || coalesce(nullif(org_code, ''), nullif(unit_code, ''), 'province') || '/' || grain as item,
    unit_code,
    org_code,
    '' as site,
    (before - score)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('score', score, 'before', before) as figures
from compared
where before is not null and score is not null;

-- name: rank_lost
-- One row per place and yearly index that ranks it worse than the year before. Absent = no worse, not ranked twice, or out of another number.
with ranked as (
    select
        indicator_id,
        unit_code,
        org_code,
        period,
        last_day,
        rank,
        out_of,
        from_at,
        lag(rank) over of_a_kind as rank_before,
        lag(out_of) over of_a_kind as out_of_before,
        lag(last_day) over of_a_kind as last_day_before,
        first_day
    from indicator_history
    where indicator_id in ('par_index', 'sipas', 'papi', 'pci', 'dti', 'par_index_unit', 'par_index_agency')
        and state = 'observed' and grain = 'year' and rank is not null
        and last_day > %(day)s::date - %(age_d)s::int - 366 and last_day <= %(day)s::date
        and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    window of_a_kind as (partition by indicator_id, unit_code, org_code order by last_day)
)

select
    indicator_id || '/' || coalesce(nullif(org_code, ''), nullif(unit_code, ''), 'province') || '/' || period as item,
    unit_code,
    org_code,
    '' as site,
    (rank - rank_before)::float8 as value,
    from_at as since_at,
    jsonb_build_object('rank', rank, 'out_of', out_of) as figures
from ranked
where rank > rank_before and out_of = out_of_before and last_day_before = first_day - 1
    and last_day > %(day)s::date - %(age_d)s::int
    and from_at >= %(at)s::timestamptz - make_interval(days => %(told_within_d)s::int);

-- name: published_differs
-- One row per observation whose printed figure and fraction disagree. The scale of shares is that of the stream. Absent = they agree, or cannot
-- be compared.
select
    indicator_id || '/' || coalesce(nullif(org_code, ''), nullif(unit_code, ''), 'province') || '/' || period as item,
    unit_code,
    org_code,
    '' as site,
    abs(
        published_value - numerator / denominator
        * case when unit in ('%%', 'percent') then 100 when unit = '‰' then 1000 else 1 end
    )::float8 as value,
    from_at as since_at,
    null::jsonb as figures
from indicator_history
where quality_flag = 'published_differs' and state = 'observed'
    and last_day > %(day)s::date - %(age_d)s::int
    and from_at < %(at)s::timestamptz and to_at >= %(at)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: observation_missing
-- One row per indicator of a place and period that is aimed at, whose period is over, and of which nothing was observed. Absent = none is missing.
select
    h.indicator_id || '/' || coalesce(nullif(h.org_code, ''), nullif(h.unit_code, ''), 'province') || '/' || h.period as item,
    h.unit_code,
    h.org_code,
    '' as site,
    (%(day)s::date - h.last_day)::float8 as value,
    (h.last_day + 31)::timestamp at time zone 'Asia/Ho_Chi_Minh' as since_at,
    null::jsonb as figures
from indicator_history as h
where h.is_open
    and h.last_day < %(day)s::date and h.last_day > %(day)s::date - %(age_d)s::int
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and h.from_at <= %(instant)s::timestamptz and h.to_at > %(instant)s::timestamptz
    and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
    and not exists (
        select 1
        from indicator_history as o
        where o.indicator_id = h.indicator_id and o.unit_code = h.unit_code and o.org_code = h.org_code
            and o.state = 'observed' and o.last_day = h.last_day
            and o.from_at < %(at)s::timestamptz and o.to_at >= %(at)s::timestamptz
            and o.known_from <= %(known)s::timestamptz and o.known_to > %(known)s::timestamptz
    );

-- name: figures_late
-- One row per figure that is asked for by hand, past its deadline and told by nobody, also one that waits for approval; of the agency that has to enter
-- it. Absent = told, or not yet due.
select
    d.subject as item,
    d.unit_code,
    d.agency as org_code,
    '' as site,
    worked_days(d.due_at, %(at)s::timestamptz)::float8 as value,
    d.due_at as since_at,
    jsonb_build_object('period', d.period) as figures
from figure_due as d
where d.due_at < %(at)s::timestamptz and d.due_at > %(at)s::timestamptz - interval '400 days'
    and not exists (
        select 1
        from indicator_history as o
        where o.subject = d.subject and o.state = 'observed'
            and o.from_at < %(at)s::timestamptz and o.to_at >= %(at)s::timestamptz
            and o.known_from <= %(known)s::timestamptz and o.known_to > %(known)s::timestamptz
    );
