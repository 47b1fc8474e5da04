-- name: hear
-- Notes that a process lives, by the database's clock; one row: how many were heard lately, itself included.
with heard as (
    insert into camera_process (holder, started_at, heard_at) values (%(holder)s, clock_timestamp(), clock_timestamp())
    on conflict (holder) do update set heard_at = clock_timestamp()
    returning holder
)

select count(*) from (
    select h.holder
    from heard as h
    union
    select p.holder
    from camera_process as p
    where p.heard_at > clock_timestamp() - make_interval(secs => %(lease_s)s)
) as living;

-- name: know
-- Makes the table know these cameras.
insert into camera_watch (camera_id)
select k.camera_id
from unnest(%(cameras)s::text[]) as k (camera_id)
on conflict (camera_id) do nothing;

-- name: forget
-- Takes away cameras that the profile no longer has, and processes that have not been heard for a day.
with gone as (
    delete from camera_process
    where heard_at < clock_timestamp() - interval '1 day'
)

delete from camera_watch
where camera_id <> all(%(cameras)s::text[]);

-- name: renew
-- One row per camera that is still this process's own: held on.
update camera_watch
set held_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
where holder = %(holder)s and held_until > clock_timestamp()
returning camera_id;

-- name: take
-- One row per camera taken: of those that nobody holds, at most so many.
update camera_watch
set holder = %(holder)s, held_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    condition = 'starting', cause = '', since_at = clock_timestamp(), checked_at = null
where camera_id in (
    select w.camera_id
    from camera_watch as w
    where w.held_until <= clock_timestamp() and w.camera_id = any(%(cameras)s::text[])
    order by w.camera_id
    limit %(most)s
    for update skip locked
)
returning camera_id;

-- name: release
-- Gives cameras back, for others to take at once.
update camera_watch
set holder = null, held_until = '-infinity'
where holder = %(holder)s and camera_id = any(%(cameras)s::text[]);

-- name: leave
-- The process ends.
delete from camera_process
where holder = %(holder)s;

-- name: tell
-- Writes how cameras stand, for those that are this process's own.
update camera_watch as w
set condition = t.condition, cause = t.cause, since_at = t.since_at, received_at = t.received_at, picture_at = t.picture_at,
    clock_offset_s = t.clock_offset_s, checked_at = clock_timestamp()
from unnest(
    %(cameras)s::text[], %(conditions)s::text[], %(causes)s::text[], %(since)s::timestamptz[], %(received)s::timestamptz[],
    %(pictures)s::timestamptz[], %(offsets)s::double precision[]
) as t (camera_id, condition, cause, since_at, received_at, picture_at, clock_offset_s)
where w.camera_id = t.camera_id and w.holder = %(holder)s;
