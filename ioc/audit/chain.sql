-- name: chain
-- One row per line, in the chain's order; told_at: the column as the content writes moments, '' = infinity. Absent = not even the first line stands.
select
    line,
    coalesce(to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '') as told_at,
    actor,
    action,
    subject,
    content,
    hash
from audit_line
order by line;

-- name: head
-- One row: where the ledger says that it ends. Absent = the row was deleted.
select
    line,
    hash
from audit_head;
