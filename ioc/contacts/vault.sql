-- name: keep
-- No rows. What was kept under the same field before is replaced.
insert into contact (stream, subject, field, sealed, digest, kept_at, purpose)
values (%(stream)s, %(subject)s, %(field)s, %(sealed)s, %(digest)s, %(at)s, %(purpose)s)
on conflict (stream, subject, field) do update
    set sealed = excluded.sealed, digest = excluded.digest, kept_at = excluded.kept_at, purpose = excluded.purpose;

-- name: within
-- One row per kept field of a subject that the grants reach. Absent = nothing is kept, there is no such subject, or it is another's:
-- which of these is not told.
select
    c.field,
    c.sealed
from contact as c
inner join contact_subject as s on c.stream = s.stream and c.subject = s.subject
where c.stream = %(stream)s and c.subject = %(subject)s and c.field = any(%(fields)s)
    and within_scope(s.unit_code, s.agency_code, s.field_code, %(scope)s)
order by c.field;

-- name: same
-- Subjects with this digest, of which the field is a part, the last kept first. Absent = nobody was known by it.
select
    stream,
    subject
from contact
where digest = %(digest)s
order by kept_at desc, contact_id desc
limit %(most)s;

-- name: after
-- Sealed values in the order in which they came, locked until they are sealed again. Absent = the end.
select
    contact_id,
    stream,
    subject,
    field,
    sealed,
    digest
from contact
where contact_id > %(after)s
order by contact_id
limit %(most)s
for update;

-- name: reseal
-- No rows.
update contact set sealed = %(sealed)s, digest = %(digest)s
where contact_id = %(contact_id)s;
