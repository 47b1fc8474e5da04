-- name: unsent
-- One row per line that a receiver has not been sent, oldest first. Absent = it has them all.
select
    l.line,
    l.at,
    l.actor,
    l.action,
    l.subject,
    l.hash
from audit_line as l
left join audit_sent as s on s.target = %(target)s
where l.line > coalesce(s.line, -1)
order by l.line
limit %(most)s;

-- name: sent
-- No rows. The position only moves forward, since two relays may tell it.
insert into audit_sent (target, line)
values (%(target)s, %(line)s)
on conflict (target) do update set line = greatest(audit_sent.line, excluded.line);
