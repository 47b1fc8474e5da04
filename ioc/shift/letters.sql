-- name: groups
-- One row per topic, source and reason of open letters, most first, with the newest and the oldest. Absent = none is open.
select
    topic,
    letter_source(headers, value) as source,
    reason,
    count(*) as messages,
    min(recorded_at) as oldest_at,
    max(recorded_at) as newest_at
from dead_letter
where replayed_at is null
group by 1, 2, 3
order by messages desc, oldest_at, topic, source, reason
limit %(most)s;

-- name: alike
-- One row per open letter of a topic, source and reason, up to a number that was shown, newest first. Absent = they have been dealt with.
select
    letter_id,
    recorded_at,
    detail
from dead_letter
where replayed_at is null and topic = %(topic)s and reason = %(reason)s and letter_source(headers, value) = %(source)s
    and (%(up_to)s::bigint is null or letter_id <= %(up_to)s::bigint)
order by letter_id desc
limit %(most)s;

-- name: leave
-- One row per letter that leaves the desk now. Absent = somebody dealt with it before.
update dead_letter set replayed_at = %(at)s
where letter_id = any(%(letters)s) and replayed_at is null
returning letter_id;

-- name: set_aside
-- One row per letter of one click that was set aside and not touched since. Absent = the act was another one, or was undone.
select l.letter_id
from letter_act as a
inner join dead_letter as l on a.letter_id = l.letter_id
where a.batch = %(batch)s and a.act = 'set_aside' and l.replayed_at is not null
    and not exists (
        select from letter_act as later
        where later.letter_id = a.letter_id and later.act_id > a.act_id
    )
order by l.letter_id
for update of l;

-- name: return
-- No rows. Letters that lie on the desk again.
update dead_letter set replayed_at = null
where letter_id = any(%(letters)s);

-- name: note
-- No rows. What was done about a letter.
insert into letter_act (letter_id, batch, act, acted_at, actor, name, reason, headers, value, changed, sent_to)
values (%(letter)s, %(batch)s, %(act)s, %(at)s, %(actor)s, %(name)s, %(reason)s, %(headers)s, %(value)s, %(changed)s, %(sent_to)s);

-- name: acts
-- One row per act about a letter, oldest first. Absent = nobody has done anything.
select
    act,
    acted_at,
    name,
    reason,
    changed,
    sent_to
from letter_act
where letter_id = %(letter)s
order by act_id;

-- name: lately
-- One row per click of the last days, newest first: what was done, by whom, about how many, and whether it can be undone. Absent = nothing was done.
select
    a.batch,
    a.act,
    min(a.acted_at) as acted_at,
    min(a.name) as name,
    min(a.reason) as reason,
    count(*) as letters,
    min(a.letter_id) as first_letter,
    a.act = 'set_aside' and bool_or(not exists (
        select from letter_act as later
        where later.letter_id = a.letter_id and later.act_id > a.act_id
    )) as can_undo
from letter_act as a
where a.acted_at >= %(since)s
group by a.batch, a.act
order by acted_at desc
limit %(most)s;

-- name: contact
-- The address that the source's contact was last written at. Absent = nobody wrote.
select a.sent_to
from letter_act as a
inner join dead_letter as l on a.letter_id = l.letter_id
where a.sent_to is not null and letter_source(l.headers, l.value) = %(source)s
order by a.act_id desc
limit 1;

-- name: known
-- The digest under which an identity is stored. Absent = it is not.
select encode(uuid_send(digest), 'hex') as digest
from event_identity
where identity = %(identity)s;
