-- name: ask
-- No rows. A device waits for somebody to confirm the code it shows.
insert into screen_pairing (digest, code, address, asked_at, until)
values (%(digest)s, %(code)s, %(address)s, %(at)s, %(until)s);

-- name: pairing
-- The pairing that a device waits for. Absent = there is none any more.
select
    code,
    until,
    screen_id
from screen_pairing
where digest = %(digest)s;

-- name: waiting
-- How many pairings wait, of the address and in all.
select
    count(*) filter (where address = %(address)s) as of_address,
    count(*) as of_all
from screen_pairing
where until > %(at)s and screen_id is null;

-- name: old_pairings
-- No rows.
delete from screen_pairing
where until <= %(at)s;

-- name: by_code
-- The device that shows this code now. Absent = no screen shows it.
select
    digest,
    address
from screen_pairing
where code = %(code)s and until > %(at)s and screen_id is null
for update;

-- name: add
-- The new screen's number. Its token is unknown to everybody until the device asks for it.
insert into screen (name, digest, changed_at, addresses, pinned, guests, paired_at, paired_by, seen_at)
values (%(name)s, %(digest)s, %(at)s, %(addresses)s, %(pinned)s, %(guests)s, %(at)s, %(by)s, %(at)s)
returning screen_id;

-- name: paired
-- No rows.
update screen_pairing set screen_id = %(screen_id)s, until = %(until)s
where digest = %(digest)s;

-- name: collected
-- No rows. The device has its token: the code means nothing any more.
delete from screen_pairing
where digest = %(digest)s;

-- name: token
-- No rows. The first token of a device.
update screen set digest = %(new)s, changed_at = %(at)s, seen_at = %(at)s
where screen_id = %(screen_id)s;

-- name: open
-- One row per screen in force.
select
    screen_id,
    name,
    digest,
    digest_before,
    digest_older,
    changed_at,
    addresses::text as addresses,
    pinned,
    paired_at,
    paired_by,
    seen_at,
    guests
from screen
where ended_at is null
order by name, screen_id;

-- name: change
-- The screen's number. Absent = its token was changed by another request meanwhile. The token that was shown holds on. Where it is the one
-- before, the newest was never seen, since the answer that carried it was lost: that one alone is replaced.
update screen set
    digest_older = case when digest_before = %(shown)s then digest_older else digest_before end,
    digest_before = %(shown)s,
    digest = %(new)s,
    changed_at = %(at)s
where screen_id = %(screen_id)s and digest = %(digest)s and %(shown)s in (digest, digest_before) and ended_at is null
returning screen_id;

-- name: seen
-- No rows. The newest token was shown: the one before is not needed any more.
update screen set
    seen_at = greatest(seen_at, %(at)s),
    digest_older = coalesce(digest_before, digest_older),
    digest_before = null
where screen_id = %(screen_id)s and digest = %(digest)s and ended_at is null;

-- name: seen_at
-- No rows. Screens that showed their newest token, and when: nothing else changes of them.
update screen as s set
    seen_at = greatest(s.seen_at, u.at)
from (
    select
        unnest(%(screens)s::bigint[]) as screen_id,
        unnest(%(moments)s::timestamptz[]) as at
) as u
where s.screen_id = u.screen_id and s.ended_at is null;

-- name: end
-- The screen's name. Absent = no such screen in force.
update screen set ended_at = %(at)s, ended_why = %(why)s
where screen_id = %(screen_id)s and ended_at is null
returning name;

-- name: one
-- A screen in force, locked. Absent = no such screen in force.
select
    name,
    addresses::text as addresses,
    pinned,
    guests
from screen
where screen_id = %(screen_id)s and ended_at is null
for update;

-- name: edit
-- The screen's number. Absent = no such screen in force.
update screen set name = %(name)s, addresses = %(addresses)s, pinned = %(pinned)s, guests = %(guests)s
where screen_id = %(screen_id)s and ended_at is null
returning screen_id;
