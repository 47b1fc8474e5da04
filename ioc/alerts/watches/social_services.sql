-- name: disease_weeks
-- One row per disease with cases in the last whole week that ended at least so many days ago (cases are told some days after the onset), or in
-- the same weeks of the years before: how many of the last two weeks were unusual. `usual` is the mean, '<5' under 5. Null = too few years told.
with newest as (
    select (date_trunc('week', %(day)s::timestamp - make_interval(days => %(delay_days)s)) - interval '7 days')::date as first_day
),

year as (
    select
        back.n as back,
        to_date(extract(isoyear from newest.first_day) - back.n || to_char(newest.first_day, '-IW-1'), 'IYYY-IW-ID') as first_day
    from newest
    cross join generate_series(0, %(years)s) as back (n)
),

told as materialized (
    select year.back, c.disease_code, (c.day - year.first_day + 14) / 7 - 2 as shift, sum(c.cases) as cases
    from year
    cross join lateral social_counts(
        year.first_day - 14, year.first_day + 14, %(at)s, %(known)s, %(base_day)s, %(from_history)s
    ) as c
    where c.disease_code <> ''
    group by 1, 2, 3
),

base as (
    select count(distinct back) as years
    from told
    where back > 0
),

week as (
    select
        t.disease_code,
        last.shift,
        coalesce(sum(t.cases) filter (where t.back = 0 and t.shift = last.shift), 0) as cases,
        coalesce(sum(t.cases) filter (where t.back > 0 and abs(t.shift - last.shift) <= 1), 0) / nullif(3.0 * b.years, 0) as mean,
        coalesce(sum(t.cases * t.cases) filter (where t.back > 0 and abs(t.shift - last.shift) <= 1), 0) as squares,
        3.0 * b.years as n
    from told as t
    cross join base as b
    cross join (values (0), (-1)) as last (shift)
    group by t.disease_code, last.shift, b.years
),

judged as (
    select
        disease_code,
        shift,
        cases,
        mean,
        cases >= %(least)s and cases > mean + %(sd)s * sqrt(greatest(squares - n * mean * mean, 0) / nullif(n - 1, 0)) as is_unusual
    from week
)

select
    j.disease_code as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    case when b.years < %(least_years)s then null when j.is_unusual then 1 + before.is_unusual::int else 0 end::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object(
        'cases', j.cases,
        'usual', case when j.mean < 5 then '<5' else round(j.mean)::text end,
        'disease', case j.disease_code
            when 'A90' then 'sốt xuất huyết'
            when 'B08' then 'tay chân miệng'
            when 'J11' then 'cúm'
            when 'A09' then 'tiêu chảy'
            when 'B01' then 'thủy đậu'
            when 'A05' then 'ngộ độc thực phẩm'
            else j.disease_code
        end,
        'disease_en', case j.disease_code
            when 'A90' then 'dengue'
            when 'B08' then 'hand, foot and mouth disease'
            when 'J11' then 'influenza'
            when 'A09' then 'diarrhoea'
            when 'B01' then 'chickenpox'
            when 'A05' then 'food poisoning'
            else j.disease_code
        end
    ) as figures
from judged as j
inner join judged as before on j.disease_code = before.disease_code and before.shift = -1
cross join base as b
where j.shift = 0;

-- name: beds_full
-- One row per facility that told of its beds in two weeks: the share that was taken on the newest day told. Null = that day is older than two
-- days. Absent = it has no beds, or told nothing.
with newest as (
    select distinct on (facility_code)
        facility_code,
        unit_code,
        day,
        beds_occupied,
        beds_available
    from social_history
    where state = 'health' and beds_available > 0
        and day <= %(day)s and day > %(day)s::date - 14
        and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    order by facility_code, day desc, from_at desc
)

select
    facility_code as item,
    unit_code,
    '' as org_code,
    '' as site,
    case when day >= %(day)s::date - 2 then 100 * beds_occupied / beds_available::float8 end as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from newest;

-- name: payments_late
-- One row per batch that is past its day (or the next working day after it) and not paid: working days since, 1 from the opening of the first.
-- Absent = it is paid, or not due yet.
select
    subject as item,
    unit_code,
    '' as org_code,
    '' as site,
    worked_days(due_at - interval '1 microsecond', %(at)s)::float8 as value,
    due_at as since_at,
    null::jsonb as figures
from social_history
where is_open and due_at < %(at)s
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: card_share_drop
-- One row per facility with at least two days of enough insurance visits told in two weeks: points by which the newest lies below the median of up
-- to seven before it. Absent = fewer days.
with told as (
    select
        facility_code,
        unit_code,
        100 * cccd_visits / insurance_visits::float8 as share_pct,
        row_number() over (partition by facility_code order by day desc, from_at desc, subject) as place
    from social_history
    where state = 'health' and insurance_visits >= %(least)s and cccd_visits is not null
        and day <= %(day)s and day > %(day)s::date - 14
        and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
        and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
),

usual as (
    select facility_code, percentile_cont(0.5) within group (order by share_pct) as share_pct
    from told
    where place between 2 and 8
    group by facility_code
)

select
    t.facility_code as item,
    t.unit_code,
    '' as org_code,
    '' as site,
    u.share_pct - t.share_pct as value,
    null::timestamptz as since_at,
    jsonb_build_object('share_pct', round(t.share_pct), 'usual_pct', round(u.share_pct)) as figures
from told as t
inner join usual as u on t.facility_code = u.facility_code
where t.place = 1;

-- name: poisonings
-- One row per unit and day of onset, of the last days, with cases of the disease (its code and those under it). Absent = none.
select
    unit_code || '/' || day as item,
    unit_code,
    '' as org_code,
    '' as site,
    sum(cases)::float8 as value,
    min(from_at) as since_at,
    null::jsonb as figures
from social_history
where state = 'disease' and starts_with(disease_code, %(disease)s)
    and day <= %(day)s and day > %(day)s::date - %(days)s::int
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code, day
having sum(cases) > 0;
