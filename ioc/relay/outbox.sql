-- name: put
-- No rows. A message that is owed from now on.
insert into outbox (outbox_id, made_at, channel, target, key, headers, body, next_at)
values (%(outbox_id)s, %(at)s, %(channel)s, %(target)s, %(key)s, %(headers)s, %(body)s, %(at)s);

-- name: webhooks_of
-- One row per webhook that hears of a topic. Absent = nobody does.
select webhook_id
from webhook
where active and %(topic)s = any(topics)
order by webhook_id;

-- name: claim
-- One row per message that this relay may send until `until`, the longest due first. Absent = none is due, or another relay has them in hand. Of one
-- (channel, target, key) only the first that is owed is ever taken.
with due as (
    select o.outbox_id
    from outbox as o
    where o.channel = %(channel)s and o.sent_at is null and o.failed_at is null and o.next_at <= %(at)s
        and not exists (
            select 1
            from outbox as e
            where e.channel = o.channel and e.target = o.target and e.key = o.key and e.place < o.place and e.sent_at is null and e.failed_at is null
        )
    order by o.next_at, o.place
    limit %(most)s
    for update skip locked
)

update outbox as t
set next_at = %(until)s, relay = pg_backend_pid(), attempts = t.attempts + 1, tried_at = coalesce(t.tried_at, %(at)s)
from due
where t.outbox_id = due.outbox_id
returning t.outbox_id, t.place, t.made_at, t.target, t.key, t.headers, t.body, t.attempts, t.tried_at;

-- name: claim_each
-- The same, and at most one of each target, so that a slow one does not hold up the others.
with first as (
    select o.outbox_id, o.next_at, o.place, row_number() over (partition by o.target order by o.next_at, o.place) as n
    from outbox as o
    where o.channel = %(channel)s and o.sent_at is null and o.failed_at is null and o.next_at <= %(at)s
        and not exists (
            select 1
            from outbox as e
            where e.channel = o.channel and e.target = o.target and e.key = o.key and e.place < o.place and e.sent_at is null and e.failed_at is null
        )
),

due as (
    select o.outbox_id
    from outbox as o
    inner join first as f on o.outbox_id = f.outbox_id
    where f.n = 1 and o.sent_at is null and o.failed_at is null and o.next_at <= %(at)s
    order by f.next_at, f.place
    limit %(most)s
    for update of o skip locked
)

update outbox as t
set next_at = %(until)s, relay = pg_backend_pid(), attempts = t.attempts + 1, tried_at = coalesce(t.tried_at, %(at)s)
from due
where t.outbox_id = due.outbox_id
returning t.outbox_id, t.place, t.made_at, t.target, t.key, t.headers, t.body, t.attempts, t.tried_at;

-- name: sent
-- No rows. Sent is sent, whoever has the row in hand by now.
update outbox set sent_at = %(at)s, relay = null, last_error = null, failed_at = null
where outbox_id = any(%(numbers)s) and sent_at is null;

-- name: failed
-- No rows. Only of an attempt that is still the last one: another relay may have taken the row up meanwhile.
update outbox set next_at = %(next_at)s, relay = null, last_error = %(error)s, failed_at = %(failed_at)s
where outbox_id = %(number)s and attempts = %(attempts)s and sent_at is null and failed_at is null;

-- name: rest
-- No rows. All that is owed to a target that is away waits for it; what another relay has in hand keeps its time.
update outbox set next_at = %(until)s
where channel = %(channel)s and target = %(target)s and sent_at is null and failed_at is null and next_at <= %(at)s;

-- name: release
-- No rows. What a relay had in hand that is gone is due at once.
update outbox set next_at = least(next_at, %(at)s), relay = null
where relay is not null and sent_at is null and failed_at is null and relay not in (select a.pid from pg_stat_activity as a);

-- name: list
-- One row per message that is owed, or was given up where `failed`. Absent = it was sent.
select outbox_id, made_at, channel, target, attempts, next_at, failed_at, last_error
from outbox
where sent_at is null and (failed_at is not null) = %(failed)s
order by place
limit %(most)s;

-- name: retry
-- The channel and target of a message that was given up and is owed again. Absent = it was not given up.
update outbox set failed_at = null, attempts = 0, tried_at = null, next_at = %(at)s
where outbox_id = %(number)s and failed_at is not null and sent_at is null
returning channel, target;

-- name: forget_sent
-- No rows. What was sent and has been kept long enough.
delete from outbox
where sent_at < %(before)s;

-- name: forget_keys
-- No rows. Decisions' keys that nobody sends again.
delete from decision_key
where made_at < %(before)s;

-- name: last_made
-- When the last message was promised to a topic. Null = none that is still kept.
select max(made_at)
from outbox
where channel = 'kafka' and target = %(topic)s;

-- name: forget_measures
-- No rows: how long the triage of a report took is kept no longer.
delete from triage_measure
where measured_at < %(before)s;
