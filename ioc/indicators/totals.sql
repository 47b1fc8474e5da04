-- name: told
-- One row per source, unit and measure told of a day: the newest telling. Absent = the source said nothing of it.
select distinct on (source, unit_code, measure)
    source,
    unit_code,
    measure,
    value,
    told_at
from control_total
where stream = %(stream)s and day = %(day)s
order by source, unit_code, measure, told_at desc, value desc;

-- name: told_subjects
-- One row per code behind a telling. Absent = the source gave no list.
select subject
from control_subject
where stream = %(stream)s and day = %(day)s and source = %(source)s and unit_code = %(unit_code)s and measure = %(measure)s and told_at = %(told_at)s
order by subject;

-- name: collect
-- One row per telling that came by event and is not kept yet; a source that the profile does not name stays in platform_event.
insert into control_total (source, stream, day, unit_code, measure, value, told_at, sent_by)
select
    s.told_by,
    s.stream,
    p.day,
    p.unit_code,
    p.measure,
    p.value,
    p.occurred_at,
    p.source
from platform_event as p
inner join unnest(%(names)s::text[], %(sources)s::text[], %(streams)s::text[]) as s (name, told_by, stream) on p.source_id = s.name
where p.type = 'vn.ioc.platform.control_total.v1' and p.occurred_at >= %(from_at)s and p.day = %(day)s
on conflict do nothing;

-- name: store
insert into control_total (source, stream, day, unit_code, measure, value, told_at, sent_by)
values (%(source)s, %(stream)s, %(day)s, %(unit_code)s, %(measure)s, %(value)s, %(told_at)s, %(sent_by)s)
on conflict do nothing;

-- name: store_subject
insert into control_subject (source, stream, day, unit_code, measure, told_at, subject)
values (%(source)s, %(stream)s, %(day)s, %(unit_code)s, %(measure)s, %(told_at)s, %(subject)s)
on conflict do nothing;
