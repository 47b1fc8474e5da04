-- name: endpoints
-- One row per webhook among those asked for. Absent = it never was.
select webhook_id, url, secret_sealed, active
from webhook
where webhook_id = any(%(numbers)s);

-- name: add
-- The new webhook's number. Its secret is sealed for this number, and put in by `seal`.
insert into webhook (url, topics, secret_sealed, created_at)
values (%(url)s, %(topics)s, '', %(at)s)
returning webhook_id;

-- name: seal
-- No rows.
update webhook set secret_sealed = %(sealed)s
where webhook_id = %(number)s;

-- name: all
-- One row per webhook ever made, with how many messages it is owed and how many were given up.
select
    w.webhook_id,
    w.url,
    w.topics,
    w.active,
    w.created_at,
    w.ended_at,
    count(o.outbox_id) filter (where o.sent_at is null and o.failed_at is null) as owed,
    count(o.outbox_id) filter (where o.failed_at is not null and o.sent_at is null) as failed
from webhook as w
left join outbox as o on o.channel = 'webhook' and o.target = w.webhook_id::text
group by w.webhook_id
order by w.webhook_id;

-- name: end
-- The address of a webhook that hears of nothing any more. Absent = there is none, or it has ended.
update webhook set active = false, ended_at = %(at)s
where webhook_id = %(number)s and active
returning url;

-- name: drop_owed
-- No rows. What was owed to a webhook that has ended is given up where everybody sees it.
update outbox set failed_at = %(at)s, last_error = 'the webhook was ended'
where channel = 'webhook' and target = %(target)s and sent_at is null and failed_at is null;
