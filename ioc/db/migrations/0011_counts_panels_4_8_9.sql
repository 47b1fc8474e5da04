-- What the panels 4, 8 and 9 count, in the manner of dossier_counts (0002): ungrouped rows of the days [since_day, until_day), of the daily
-- counts as of a day (null = now), or, `from_history`, as it stood just before `seen_at` as known at `known_at`.

create index social_history_day on social_history (day);
create index tourism_history_day on tourism_history (first_day);

-- One row per indicator of a subject and period: what stood just before `seen_at`, aimed at or observed. `value` is what was told, or what the
-- fraction gives, or what was printed. unit_code '' with org_code '' = the whole province, under whichever of its codes (`province`) it was told.
create function indicators_at(seen_at timestamptz, known_at timestamptz, province text[]) returns table (
    unit_code text, org_code text, indicator_id text, grain text, first_day date, last_day date, state text, value double precision,
    numerator double precision, denominator double precision, published_value double precision, rank int, out_of int,
    published_differs bool, manual bool, target double precision
) language sql stable parallel safe as $$
select distinct on (place.unit_code, h.org_code, h.indicator_id, h.period)
    place.unit_code, h.org_code, h.indicator_id, h.grain, h.first_day, h.last_day, h.state,
    coalesce(
        h.value,
        h.numerator / nullif(h.denominator, 0) * case h.unit when '%' then 100 when 'percent' then 100 when '‰' then 1000 else 1 end,
        h.published_value
    ),
    h.numerator, h.denominator, h.published_value, h.rank, h.out_of, coalesce(h.quality_flag = 'published_differs', false), h.manual, h.target
from indicator_history as h
cross join lateral (select case when h.unit_code = any(province) then '' else h.unit_code end as unit_code) as place
where h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
order by place.unit_code, h.org_code, h.indicator_id, h.period, h.from_at desc, h.subject
$$;

-- Day = when an indicator of a subject and period was first observed, or first aimed at: the first interval that says so.
create function indicator_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    unit_code text, org_code text, grain text, observed int, manual int, published_differs int, revisions int, targets int
) language sql stable parallel safe as $$
select d.unit_code, d.org_code, d.grain, d.observed, d.manual, d.published_differs, d.revisions, d.targets
from indicator_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.unit_code, h.org_code, h.grain,
    coalesce(t.observed_at >= f.since and t.observed_at < f.until, false)::int,
    coalesce(t.observed_at >= f.since and t.observed_at < f.until and h.manual, false)::int,
    coalesce(t.observed_at >= f.since and t.observed_at < f.until and h.quality_flag = 'published_differs', false)::int,
    case when t.observed_at >= f.since and t.observed_at < f.until then h.revisions else 0 end,
    coalesce(t.targeted_at >= f.since and t.targeted_at < f.until, false)::int
from indicator_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
join (
    select
        i.subject, min(i.from_at) filter (where i.state = 'observed') as observed_at, min(i.from_at) filter (where i.target is not null) as targeted_at
    from indicator_history as i
    where from_history and i.from_at < seen_at and i.known_from <= known_at and i.known_to > known_at
    group by i.subject
) as t on t.subject = h.subject
where from_history and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
$$;

-- Enterprises keep no history of their steps and inspections, so those are made of the events that the table of transitions permitted, in the
-- order of the fold. A cancelled inspection is none, unless it was conducted before; of a year's inspections the first makes the enterprise
-- 'inspected', the second is one too many.
create function enterprise_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    unit_code text, new int, resumed int, suspended int, dissolved int, inspections_planned int, inspections_conducted int,
    enterprises_inspected int, second_inspections int
) language sql stable parallel safe as $$
with permitted as (
    select
        e.subject, e.unit_code, e.inspection_ref, e.planned_on, split_part(e.type, '.', 4) as fact,
        (e.occurred_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
        row_number() over (
            partition by e.subject order by
                e.occurred_at, e.sequence collate "C",
                array_position(array['registered', 'resumed', 'suspended', 'dissolved', 'inspection_planned', 'inspection_conducted'],
                               split_part(e.type, '.', 4)),
                e.source collate "C", e.event_id collate "C"
        ) as place
    from enterprise_event as e
    where from_history and e.occurred_at < seen_at and e.recorded_at <= known_at
        and not exists (
            select 1 from irregularity as i
            where i.stream = 'enterprise' and i.subject = e.subject and i.identity = e.identity and i.known_from <= known_at and i.known_to > known_at
        )
), conducted as (
    select p.subject, p.inspection_ref, min(p.place) as place from permitted as p where p.fact = 'inspection_conducted'
    group by p.subject, p.inspection_ref
), cancelled as (
    select p.subject, p.inspection_ref, max(p.place) as place
    from permitted as p
    left join conducted as c on c.subject = p.subject and c.inspection_ref = p.inspection_ref
    where p.fact = 'inspection_cancelled' and (c.place is null or p.place < c.place)
    group by p.subject, p.inspection_ref
), standing as (
    select
        p.subject, p.inspection_ref, (array_agg(p.unit_code order by p.place))[1] as unit_code,
        (array_agg(p.planned_on order by p.place desc) filter (where p.fact = 'inspection_planned'))[1] as planned_on,
        (array_agg(p.day order by p.place desc) filter (where p.fact = 'inspection_conducted'))[1] as conducted_on
    from permitted as p
    left join cancelled as c on c.subject = p.subject and c.inspection_ref = p.inspection_ref
    where p.fact in ('inspection_planned', 'inspection_conducted') and p.place > coalesce(c.place, 0)
    group by p.subject, p.inspection_ref
), inspection as (
    select
        s.unit_code, s.planned_on, s.conducted_on, coalesce(s.conducted_on, s.planned_on) as day,
        row_number() over (
            partition by s.subject, extract(year from coalesce(s.conducted_on, s.planned_on))
            order by coalesce(s.conducted_on, s.planned_on), s.inspection_ref collate "C"
        ) as place
    from standing as s
)
select
    d.unit_code, d.new, d.resumed, d.suspended, d.dissolved, d.inspections_planned, d.inspections_conducted, d.enterprises_inspected,
    d.second_inspections
from enterprise_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    p.unit_code, (p.fact = 'registered')::int, (p.fact = 'resumed')::int, (p.fact = 'suspended')::int, (p.fact = 'dissolved')::int, 0, 0, 0, 0
from permitted as p
where p.fact in ('registered', 'resumed', 'suspended', 'dissolved') and p.day >= since_day and p.day < until_day
union all
select
    i.unit_code, 0, 0, 0, 0,
    coalesce(i.planned_on >= since_day and i.planned_on < until_day, false)::int,
    coalesce(i.conducted_on >= since_day and i.conducted_on < until_day, false)::int,
    (i.place = 1 and i.day >= since_day and i.day < until_day)::int,
    (i.place = 2 and i.day >= since_day and i.day < until_day)::int
from inspection as i
$$;

-- Day = first of a report's period; `grain` says how long that is.
create function tourism_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    day date, grain text, unit_code text, facility_code text, reports int, arrivals bigint, overnight_guests bigint, revenue_vnd bigint,
    rooms_occupied bigint, rooms_available bigint
) language sql stable parallel safe as $$
select
    d.day, d.grain, d.unit_code, d.facility_code, d.reports, d.arrivals, d.overnight_guests, d.revenue_vnd, d.rooms_occupied, d.rooms_available
from tourism_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.first_day, h.grain, h.unit_code, h.facility_code, 1, coalesce(h.arrivals, 0)::bigint, coalesce(h.overnight_guests, 0)::bigint,
    coalesce(h.revenue_vnd, 0), coalesce(h.rooms_occupied, 0)::bigint, coalesce(h.rooms_available, 0)::bigint
from tourism_history as h
where from_history and h.first_day >= since_day and h.first_day < until_day
    and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
$$;

-- Day = what the figures describe: the facility's day, the onset of cases, the day a batch is due.
create function social_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    day date, unit_code text, facility_code text, disease_code text,
    facility_days int, visits bigint, insurance_visits bigint, cccd_visits bigint, cccd_base bigint, beds_occupied bigint, beds_available bigint,
    cases bigint, batches_due int, batches_paid int, batches_on_time int, batches_late int, beneficiaries_due bigint,
    beneficiaries_paid_by_account bigint, amount_due_vnd bigint, amount_paid_vnd bigint
) language sql stable parallel safe as $$
select
    d.day, d.unit_code, d.facility_code, d.disease_code,
    d.facility_days, d.visits, d.insurance_visits, d.cccd_visits, d.cccd_base, d.beds_occupied, d.beds_available,
    d.cases, d.batches_due, d.batches_paid, d.batches_on_time, d.batches_late, d.beneficiaries_due,
    d.beneficiaries_paid_by_account, d.amount_due_vnd, d.amount_paid_vnd
from social_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.day, h.unit_code, h.facility_code, h.disease_code,
    (h.state = 'health')::int, coalesce(h.visits, 0)::bigint, coalesce(h.insurance_visits, 0)::bigint, coalesce(h.cccd_visits, 0)::bigint,
    (case when h.cccd_visits is not null then h.insurance_visits else 0 end)::bigint,
    coalesce(h.beds_occupied, 0)::bigint, coalesce(h.beds_available, 0)::bigint,
    coalesce(h.cases, 0)::bigint, b.batch, b.batch * (h.paid_at is not null)::int, b.batch * coalesce(h.outcome = 'on_time', false)::int,
    b.batch * coalesce(h.outcome = 'late', false)::int, coalesce(h.beneficiaries_due, 0)::bigint,
    coalesce(h.beneficiaries_paid_by_account, 0)::bigint, coalesce(h.amount_due_vnd, 0), coalesce(h.amount_paid_vnd, 0)
from social_history as h
cross join lateral (select (h.state in ('due', 'paid'))::int as batch) as b
where from_history and h.day >= since_day and h.day < until_day
    and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
$$;

-- One row per place and indicator: what was reached in the year that holds the last of the days before `until_day`, as told just before `seen_at`,
-- beside the year's target. Of the indicators `adding`, the figures of one length of period are added up: of that which covers most days, or else
-- the longest. Of the `others` (running shares, levels) the newest of the year holds. `pace`: 1 = on plan. What was told stands for the days that
-- it covers, so that a late source never looks like a slow province; where three whole years were told by month or quarter, for the share that
-- the same periods had in them. `change_pct`: against the same periods a year before, of a fraction its numerators; null unless all were told.
create function indicator_year(
    until_day date, seen_at timestamptz, known_at timestamptz, province text[], adding text[], others text[]
) returns table (
    unit_code text, org_code text, indicator_id text, value double precision, numerator double precision, denominator double precision,
    told double precision, target double precision, done_pct double precision, pace double precision, change_pct double precision,
    change_pt double precision, published_differs bool, manual bool
) language sql stable parallel safe as $$
with told as (
    select * from indicators_at(seen_at, known_at, province) as t where t.indicator_id = any(adding) or t.indicator_id = any(others)
), year as (
    select
        date_trunc('year', until_day::timestamp - interval '1 day')::date as begins,
        (date_trunc('year', until_day::timestamp - interval '1 day') + interval '1 year')::date as ends
), observed as (
    select t.*, t.last_day - t.first_day + 1 as days
    from told as t, year as y
    where t.state = 'observed' and t.value is not null and t.first_day >= y.begins and t.last_day < until_day
), chosen as (
    select distinct on (o.unit_code, o.org_code, o.indicator_id) o.unit_code, o.org_code, o.indicator_id, o.grain
    from observed as o
    where o.indicator_id = any(adding)
    group by o.unit_code, o.org_code, o.indicator_id, o.grain
    order by o.unit_code, o.org_code, o.indicator_id, sum(o.days) desc, max(o.days) desc
), amount as (
    select
        o.unit_code, o.org_code, o.indicator_id, sum(o.value) as value, null::double precision as numerator, null::double precision as denominator,
        sum(o.value) as told, sum(o.days) as days, case when count(b.value) = count(*) then sum(b.value) end as before,
        null::double precision as numerator_before, bool_or(o.published_differs) as published_differs, bool_or(o.manual) as manual
    from observed as o
    join chosen as c on (c.unit_code, c.org_code, c.indicator_id, c.grain) = (o.unit_code, o.org_code, o.indicator_id, o.grain)
    left join told as b
        on (b.unit_code, b.org_code, b.indicator_id, b.grain) = (o.unit_code, o.org_code, o.indicator_id, o.grain)
        and b.first_day = (o.first_day - interval '1 year')::date and b.state = 'observed'
    group by o.unit_code, o.org_code, o.indicator_id
), newest as (
    select distinct on (o.unit_code, o.org_code, o.indicator_id)
        o.unit_code, o.org_code, o.indicator_id, o.value, o.numerator, o.denominator, coalesce(o.published_value, o.value) as told,
        (o.last_day - y.begins + 1)::bigint as days, b.value as before, b.numerator as numerator_before, o.published_differs, o.manual
    from observed as o
    cross join year as y
    left join told as b
        on (b.unit_code, b.org_code, b.indicator_id, b.grain) = (o.unit_code, o.org_code, o.indicator_id, o.grain)
        and b.first_day = (o.first_day - interval '1 year')::date and b.state = 'observed'
    where o.indicator_id = any(others)
    order by o.unit_code, o.org_code, o.indicator_id, o.last_day desc, o.first_day
), earlier as (
    select
        b.unit_code, b.org_code, b.indicator_id, b.grain, extract(year from b.first_day) as of_year, sum(b.value) as whole,
        sum(b.value) filter (where o.first_day is not null) as part, count(*) as periods
    from told as b
    join chosen as c on (c.unit_code, c.org_code, c.indicator_id, c.grain) = (b.unit_code, b.org_code, b.indicator_id, b.grain)
    cross join year as y
    left join observed as o
        on (o.unit_code, o.org_code, o.indicator_id, o.grain) = (b.unit_code, b.org_code, b.indicator_id, b.grain)
        and o.first_day = (b.first_day + make_interval(years => (extract(year from y.begins) - extract(year from b.first_day))::int))::date
    where b.state = 'observed' and b.value is not null and b.first_day >= y.begins - interval '3 years' and b.first_day < y.begins
    group by b.unit_code, b.org_code, b.indicator_id, b.grain, extract(year from b.first_day)
), season as (
    select e.unit_code, e.org_code, e.indicator_id, avg(e.part / nullif(e.whole, 0)) as part_ratio
    from earlier as e
    where e.periods = case e.grain when 'month' then 12 when 'quarter' then 4 end
    group by e.unit_code, e.org_code, e.indicator_id
    having count(e.part / nullif(e.whole, 0)) = 3
), target as (
    select t.unit_code, t.org_code, t.indicator_id, t.target
    from told as t, year as y
    where t.target is not null and t.grain = 'year' and t.first_day = y.begins
), reached as (
    select * from amount union all select * from newest
)
select
    unit_code, org_code, indicator_id, r.value, r.numerator, r.denominator, r.told, t.target,
    100 * r.value / nullif(t.target, 0),
    r.value / nullif(t.target * coalesce(s.part_ratio, r.days::double precision / (y.ends - y.begins)), 0),
    case
        when r.numerator is null then 100 * (r.value - r.before) / nullif(abs(r.before), 0)
        else 100 * (r.numerator - r.numerator_before) / nullif(abs(r.numerator_before), 0)
    end,
    r.value - r.before,
    coalesce(r.published_differs, false), coalesce(r.manual, false)
from reached as r
full join target as t using (unit_code, org_code, indicator_id)
left join season as s using (unit_code, org_code, indicator_id)
cross join year as y
$$;
