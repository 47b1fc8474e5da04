-- name: keep
-- One row where the measure is kept. Absent = there is no such report within reach.
insert into triage_measure (measured_at, actor, subject, act, keys, machine_ms, reading_ms)
select %(at)s::timestamptz, %(actor)s::text, r.subject, %(act)s::text, %(keys)s::int, %(machine_ms)s::int, %(reading_ms)s::int
from report_state as r
where r.subject = %(subject)s and within_scope(r.unit_code, r.org_code, r.category, %(scope)s)
returning measure_id;

-- name: forget
-- No rows. Measures that have been kept long enough.
delete from triage_measure
where measured_at < %(before)s;

-- name: costs
-- One row: what reports cost each in keys, machine time and looking, of one person or, where `actor` is null, of all, and of how many people.
-- Absent never; null = nothing was measured.
with report as (
    select subject, sum(keys) as keys, sum(machine_ms) as machine_ms, sum(reading_ms) as reading_ms
    from triage_measure
    where measured_at >= %(since)s and (%(actor)s::text is null or actor = %(actor)s::text)
    group by subject
),

people as (
    select count(distinct actor) as n
    from triage_measure
    where measured_at >= %(since)s
)

select
    count(*) as reports,
    percentile_cont(0.5) within group (order by r.keys) as keys_median,
    percentile_cont(0.95) within group (order by r.keys) as keys_p95,
    percentile_cont(0.5) within group (order by r.machine_ms) / 1000 as machine_median_s,
    percentile_cont(0.95) within group (order by r.machine_ms) / 1000 as machine_p95_s,
    percentile_cont(0.5) within group (order by r.reading_ms) / 1000 as reading_median_s,
    max(p.n) as people
from report as r
cross join people as p;
