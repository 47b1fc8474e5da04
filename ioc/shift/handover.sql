-- name: note
-- The number of a new note. Absent = the note that it corrects is none of this shift.
insert into shift_note (written_at, author, name, words, corrects)
select %(at)s::timestamptz, %(author)s::text, %(name)s::text, %(words)s::text, %(corrects)s::bigint
where %(corrects)s::bigint is null or exists (
    select from shift_note as n
    where n.note_id = %(corrects)s::bigint and n.note_id > %(after)s
)
returning note_id;

-- name: newest_note
-- One row: the number of the newest note, 0 = there is none.
select coalesce(max(note_id), 0)::bigint as note_id
from shift_note;

-- name: taken
-- When the last shift that was taken over had been handed over, and its last note. Absent = none ever was.
select
    given_at,
    last_note
from shift_handover
where taken_at is not null
order by handover_id desc
limit 1;

-- name: give
-- The number of a new handover. Absent = another one waits to be taken over.
insert into shift_handover (snapshot, last_note, given_at, given_by, given_name)
values (%(snapshot)s, %(last_note)s, %(at)s, %(by)s, %(name)s)
on conflict do nothing
returning handover_id;

-- name: take
-- The number of a handover that is now taken over. Absent = it does not wait, or this person handed it over.
update shift_handover set taken_at = %(at)s, taken_by = %(by)s, taken_name = %(name)s
where handover_id = %(handover)s and taken_at is null and refused_at is null and given_by <> %(by)s
returning handover_id;

-- name: refuse
-- Who handed over what is now refused, or withdrawn where it is the same person. Absent = it does not wait.
update shift_handover set refused_at = %(at)s, refused_by = %(by)s, refused_name = %(name)s, refused_reason = %(reason)s
where handover_id = %(handover)s and taken_at is null and refused_at is null
returning given_by;

-- name: handovers
-- One row per handover, newest first; of one number where that is given. Absent = there is none.
select
    handover_id,
    snapshot,
    given_at,
    given_by,
    given_name,
    taken_at,
    taken_name,
    refused_at,
    refused_by,
    refused_name,
    refused_reason
from shift_handover
where %(handover)s::bigint is null or handover_id = %(handover)s::bigint
order by handover_id desc
limit %(most)s;
