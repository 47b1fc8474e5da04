-- name: begin
-- The session's number.
insert into person_session (digest, csrf, person_id, began_at, active_at, until, address)
values (%(digest)s, %(csrf)s, %(person_id)s, %(at)s, %(at)s, %(until)s, %(address)s)
returning session_id;

-- name: open
-- One row per session in force and role of its person (a null role: the person has none). Absent = nobody is signed in.
select
    s.session_id,
    s.digest,
    s.csrf,
    s.active_at,
    s.until,
    p.person_id,
    p.name,
    p.must_change,
    r.role,
    r.units,
    r.agencies,
    r.fields
from person_session as s
inner join person as p on s.person_id = p.person_id
left join person_role as r on p.person_id = r.person_id and r.ended_at is null
where s.ended_at is null and s.until > %(at)s and s.active_at > %(idle_at)s and p.ended_at is null
order by s.session_id, r.role;

-- name: overdue
-- Sessions that end now because nobody did anything, or their time is over, or the person's account was ended.
update person_session as s set
    ended_at = %(at)s,
    ended_why = case when p.ended_at is not null then 'account ended' when s.until <= %(at)s then 'time over' else 'idle' end
from person as p
where s.person_id = p.person_id and s.ended_at is null
    and (s.until <= %(at)s or s.active_at <= %(idle_at)s or p.ended_at is not null)
returning s.session_id, s.person_id, s.ended_why;

-- name: active
-- No rows. The moment only moves forward, since several web processes tell it.
update person_session set active_at = greatest(active_at, %(at)s)
where session_id = %(session_id)s and ended_at is null;

-- name: end
-- The session's person. Absent = it was ended before.
update person_session set ended_at = %(at)s, ended_why = %(why)s
where session_id = %(session_id)s and ended_at is null
returning person_id;

-- name: end_others
-- One row per session of the person that was ended; `session_id` is the one that stays, null = none.
update person_session set ended_at = %(at)s, ended_why = %(why)s
where person_id = %(person_id)s and ended_at is null and session_id is distinct from %(session_id)s
returning session_id;

-- name: failed
-- The numbers of the two failures: of the log-in and of the address.
insert into sign_in_failure (tried, failed_at)
values (%(login)s, %(at)s), (%(address)s, %(at)s)
returning failure_id;

-- name: failures
-- One row: how often the log-in and the address failed within the window, and when last.
select
    count(*) filter (where tried = %(login)s) as of_login,
    count(*) filter (where tried = %(address)s) as of_address,
    max(failed_at) filter (where tried = %(login)s) as login_at,
    max(failed_at) filter (where tried = %(address)s) as address_at
from sign_in_failure
where tried in (%(login)s, %(address)s) and failed_at > %(since)s;

-- name: refunded
-- No rows. An attempt that was right is no failure.
delete from sign_in_failure
where failure_id = any(%(failures)s);

-- name: forgotten
-- No rows. What is older than the window; and, of a log-in that signed in, all.
delete from sign_in_failure
where failed_at <= %(since)s or tried = %(login)s;

-- name: step
-- No rows.
insert into sign_in_step (digest, person_id, detail, until)
values (%(digest)s, %(person_id)s, %(detail)s, %(until)s);

-- name: take_step
-- The step, taken away. Absent = there is none, or its time is over.
delete from sign_in_step
where digest = %(digest)s
returning person_id, detail, until;

-- name: old_steps
-- No rows.
delete from sign_in_step
where until <= %(at)s;
