-- name: start
-- The source's cursor; a source that was never read starts with an empty one.
insert into pull_cursor (source, cursor, run_at) values (%(source)s, '{}', %(at)s)
on conflict (source) do update set run_at = excluded.run_at
returning cursor;

-- name: lock
-- True where no other process reads this source; held until the connection ends.
select pg_try_advisory_lock(4711007, %(number)s);

-- name: known
-- One row per subject that was seen before. Absent = never seen.
select subject, digest, fields from pull_snapshot
where source = %(source)s and subject = any(%(subjects)s);

-- name: remember
-- A subject as it looks now.
insert into pull_snapshot (source, subject, digest, fields, seen_at)
values (%(source)s, %(subject)s, %(digest)s, %(fields)s, %(at)s)
on conflict (source, subject) do update set digest = excluded.digest, fields = excluded.fields, seen_at = excluded.seen_at;

-- name: owe
-- An event that must reach Kafka.
insert into pull_pending (source, topic, record_key, value, headers)
values (%(source)s, %(topic)s, %(key)s, %(value)s, %(headers)s);

-- name: plan
-- Where the cursor moves once what is owed has reached Kafka; null = it stays.
update pull_cursor set
    next_cursor = %(cursor)s,
    records = records + %(records)s,
    events = events + %(events)s,
    rejects = rejects + %(rejects)s
where source = %(source)s;

-- name: owed
-- Events that are not known to be with Kafka, in the order in which they were decided.
select position, topic, record_key, value, headers from pull_pending
where source = %(source)s
order by position;

-- name: paid
-- What is with Kafka is owed no more.
delete from pull_pending
where source = %(source)s and position <= %(position)s;

-- name: advance
-- The cursor moves on.
update pull_cursor set cursor = coalesce(next_cursor, cursor), next_cursor = null
where source = %(source)s;

-- name: ended
-- A run came to its end.
update pull_cursor set ended_at = %(at)s
where source = %(source)s;

-- name: reject
-- A record that cannot be used; the same again only moves last_at.
insert into pull_reject (source, subject, kind, digest, record, reason, first_at, last_at)
values (%(source)s, %(subject)s, %(kind)s, %(digest)s, %(record)s, %(reason)s, %(at)s, %(at)s)
on conflict (source, digest) do update set last_at = excluded.last_at, reason = excluded.reason, mended_at = null;

-- name: mended
-- Records of these subjects that could not be used are history: a usable one of the same kind came.
update pull_reject as r set mended_at = %(at)s
from unnest(%(subjects)s::text[], %(kinds)s::text[]) as usable (subject, kind)
where r.source = %(source)s and r.subject = usable.subject and r.kind = usable.kind and r.subject <> '' and r.mended_at is null;

-- name: rejects
-- Records of a source that could not be used and still wait to be mended, oldest first.
select reject_id, subject, reason, last_at, record from pull_reject
where source = %(source)s and mended_at is null
order by reject_id;
