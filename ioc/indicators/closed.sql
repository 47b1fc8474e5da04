-- name: newest
-- One row per period, newest first: its last closing or reopening up to `known` (null = now). Absent = the period was not closed yet.
select
    closing_id,
    stream,
    kind,
    first_day,
    last_day,
    turn,
    action,
    closed_at,
    closed_by,
    figures,
    note
from closed_period as p
where (%(stream)s::text is null or stream = %(stream)s)
    and (%(first_day)s::date is null or (first_day = %(first_day)s::date and last_day = %(last_day)s::date))
    and (%(known)s::timestamptz is null or closed_at <= %(known)s::timestamptz)
    and not exists (
        select 1 from closed_period as later
        where later.stream = p.stream and later.first_day = p.first_day and later.last_day = p.last_day and later.turn > p.turn
            and (%(known)s::timestamptz is null or later.closed_at <= %(known)s::timestamptz)
    )
order by last_day desc, first_day desc, stream;

-- name: add
insert into closed_period (stream, kind, first_day, last_day, turn, action, closed_at, closed_by, figures, note)
values (%(stream)s, %(kind)s, %(first_day)s, %(last_day)s, %(turn)s, %(action)s, %(closed_at)s, %(closed_by)s, %(figures)s::jsonb, %(note)s)
returning closing_id, stream, kind, first_day, last_day, turn, action, closed_at, closed_by, figures, note;
