-- name: ended
-- Values whose subject ended, and which were kept, at %(before)s or earlier. Absent = none is due. Neither subject nor value changes until the
-- transaction ends; those that somebody is just changing are left for the next time.
select c.contact_id
from contact as c
inner join contact_subject as s on c.stream = s.stream and c.subject = s.subject
where c.contact_id > %(after)s and c.stream = %(stream)s and c.field = any(%(fields)s) and c.kept_at <= %(before)s and s.ended_at <= %(before)s
order by c.contact_id
limit %(most)s
for update of c, s skip locked;

-- name: unknown
-- Values kept at %(before)s or earlier whose subject never came. Absent = none.
select c.contact_id
from contact as c
left join contact_subject as s on c.stream = s.stream and c.subject = s.subject
where c.contact_id > %(after)s and c.kept_at <= %(before)s and s.subject is null
order by c.contact_id
limit %(most)s
for update of c skip locked;

-- name: of_subject
-- All values of one subject. Absent = nothing is kept about it.
select contact_id
from contact
where stream = %(stream)s and subject = %(subject)s
order by contact_id
for update;

-- name: drop
-- One row per subject whose values were deleted, as it stands in contact_purge from now on. Absent = they were gone already.
with gone as (
    delete from contact
    where contact_id = any(%(ids)s)
    returning stream, subject, field
)

insert into contact_purge (stream, subject, fields, at, rule)
select
    stream,
    subject,
    array_agg(field order by field),
    %(at)s,
    %(rule)s
from gone
group by stream, subject
returning purge_id, stream || ':' || subject as name, cardinality(fields) as count;

-- name: due
-- One row: values and subjects that a purge would delete now by a rule; zero where none is due.
select
    count(*) as count,
    count(distinct c.subject) as subjects
from contact as c
inner join contact_subject as s on c.stream = s.stream and c.subject = s.subject
where c.stream = %(stream)s and c.field = any(%(fields)s) and c.kept_at <= %(before)s and s.ended_at <= %(before)s;

-- name: unknown_due
-- One row: values, and subjects that never came, of which a purge would delete what is kept; zero where there are none.
select
    count(*) as count,
    count(distinct c.stream || ':' || c.subject) as subjects
from contact as c
left join contact_subject as s on c.stream = s.stream and c.subject = s.subject
where c.kept_at <= %(before)s and s.subject is null;

-- name: overdue
-- One row per subject that is still open though its contact was kept at %(before)s or earlier, the longest first. Absent = none.
select c.stream || ':' || c.subject as name
from contact as c
inner join contact_subject as s on c.stream = s.stream and c.subject = s.subject
where s.ended_at is null and c.kept_at <= %(before)s
group by c.stream, c.subject
order by min(c.kept_at), c.stream, c.subject
limit %(most)s;

-- name: salted
-- Lines of the ledger about these subjects whose personal fields can still be told. Absent = none, or they are forgotten.
select distinct s.line
from audit_salt as s
inner join audit_line as l on s.line = l.line
where l.subject = any(%(subjects)s);
