-- name: answered
-- An answer that was taken under this form's key. Absent = it is new.
select digest
from report_answer
where subject = %(subject)s and key = %(key)s;

-- name: standing
-- The report as it stands, with what its events carry on. Absent = it is still on its way here, or there is none.
select
    s.state,
    s.version,
    s.jurisdiction,
    s.org_code,
    s.unit_code,
    s.unit_valid_on,
    s.simulated,
    s.last_at,
    s.resolved_at,
    s.ended_at,
    s.rating,
    s.reopened_count,
    (
        select count(*)
        from report_answer as a
        where a.subject = s.subject and a.version = s.version
    ) as waiting,
    (
        select count(*)
        from report_answer as a
        where a.subject = s.subject
    ) as answers,
    (
        select count(*)
        from report_answer as a
        where a.subject = s.subject and a.fact = 'rated' and a.told_at >= s.resolved_at
    ) as rated
from report_state as s
where s.subject = %(subject)s and s.state <> '';

-- name: note
-- No rows: an answer is taken.
insert into report_answer (subject, key, fact, digest, version, told_at)
values (%(subject)s, %(key)s, %(fact)s, %(digest)s, %(version)s, %(told_at)s);

-- name: pictures
-- How many pictures of before the work a report has. Always one row.
select count(*)
from report_photo
where subject = %(subject)s and stage = 'before';

-- name: steps
-- One row per stretch of time in which a report stood in one state, the first first, as it is known now. Absent = it is still on its way here.
select
    h.from_at,
    h.state
from report_history as h
where h.subject = %(subject)s and h.known_to = 'infinity'
order by h.from_at;

-- name: asked
-- What was asked of the citizen when the report last came to wait for them. Absent = it never did, or no words were given.
select e.note
from report_event as e
where e.subject = %(subject)s and e.type = %(type)s and e.note is not null
order by e.occurred_at desc
limit 1;

-- name: text
-- The sealed words of a report. Absent = there are none, or they were forgotten.
select c.sealed
from contact as c
where c.stream = 'report' and c.subject = %(subject)s and c.field = 'text';
