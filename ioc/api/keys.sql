-- name: all
-- One row per key ever made, also expired and revoked ones. Absent = it was never made.
select
    key_id,
    digest,
    source,
    streams,
    events_per_s,
    created_at,
    expires_at,
    revoked_at,
    last_used_at
from source_key
order by created_at, key_id;

-- name: add
-- No rows.
insert into source_key (key_id, digest, source, streams, events_per_s, created_at, expires_at)
values (%(key_id)s, %(digest)s, %(source)s, %(streams)s, %(events_per_s)s, %(created_at)s, %(expires_at)s);

-- name: revoke
-- The key's id. Absent = there is no such key, or it is revoked already.
update source_key set revoked_at = %(at)s
where key_id = %(key_id)s and revoked_at is null
returning key_id;

-- name: touch
-- No rows. The moment only moves forward, since several web processes tell it.
update source_key set last_used_at = greatest(last_used_at, %(at)s)
where key_id = %(key_id)s;
