-- name: head
-- One row: the newest line. Absent = the head row was deleted, the ledger is broken.
select
    line,
    hash
from audit_head;

-- name: add
-- No rows.
insert into audit_anchor (line, hash, at, place)
values (%(line)s, %(hash)s, %(at)s, %(place)s);

-- name: anchors
-- One row per head that was published, oldest first; at: RFC 3339 in UTC. Absent = none was published.
select
    line,
    hash,
    to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as published_at,
    place
from audit_anchor
order by at, line;
