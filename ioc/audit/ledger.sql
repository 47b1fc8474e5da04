-- name: append
-- One row: the number of the new line. Never absent. The chain's head is locked until the transaction ends.
select audit_append(%(content)s, %(fields)s::text[], %(salts)s::bytea[]) as line;

-- name: lines
-- One row per line that the limits let through, newest first. Absent = no line is so.
select
    line,
    at,
    actor,
    action,
    subject,
    content,
    hash
from audit_line
where
    (%(before)s::bigint is null or line < %(before)s::bigint)
    and (%(actor)s::text is null or actor = %(actor)s::text)
    and (%(action)s::text is null or action = %(action)s::text)
    and (%(subject)s::text is null or subject = %(subject)s::text)
    and (%(since)s::timestamptz is null or at >= %(since)s::timestamptz)
    and (%(until)s::timestamptz is null or at < %(until)s::timestamptz)
order by line desc
limit %(most)s;

-- name: salted
-- One row: the line and the field's salt. Absent = there is no such field in the line, or its salt was deleted.
select
    l.content,
    s.salt
from audit_salt as s
inner join audit_line as l on s.line = l.line
where s.line = %(line)s and s.field = %(field)s;

-- name: forget
-- No rows.
delete from audit_salt
where line = any(%(lines)s::bigint[]);
