-- name: hear
-- No rows. What each screen says now takes the place of what it said before, unless that was later.
insert into screen_heartbeat as h (
    screen, heard_at, body, painted_at, epoch, frame, newest, page, shown, data_as_of, link, size, heap_bytes, build
)
select
    b.screen,
    b.heard_at,
    b.body,
    b.painted_at,
    b.epoch,
    b.frame,
    b.newest,
    b.page,
    b.shown,
    b.data_as_of,
    b.link,
    b.size,
    b.heap_bytes,
    b.build
from
    jsonb_to_recordset(%(beats)s::jsonb) as b (
        screen text, heard_at timestamptz, body jsonb, painted_at timestamptz, epoch text, frame bigint, newest bigint, page text, shown text,
        data_as_of timestamptz, link text, size text, heap_bytes bigint, build text
    )
order by b.screen
on conflict (screen) do update set
    heard_at = excluded.heard_at,
    body = excluded.body,
    painted_at = excluded.painted_at,
    epoch = excluded.epoch,
    frame = excluded.frame,
    newest = excluded.newest,
    page = excluded.page,
    shown = excluded.shown,
    data_as_of = excluded.data_as_of,
    link = excluded.link,
    size = excluded.size,
    heap_bytes = excluded.heap_bytes,
    build = excluded.build
where h.heard_at <= excluded.heard_at;

-- name: heard
-- One row per paired screen that ever said what it painted. Absent = it never did, or the database crashed a moment ago.
select
    screen,
    heard_at,
    painted_at,
    epoch,
    frame,
    newest,
    page,
    shown,
    data_as_of,
    link,
    size,
    heap_bytes,
    build
from screen_heartbeat
where screen like 'screen:%%';
