-- name: wanted
-- One row per camera that somebody looks at now: whether as fast as pictures come.
select
    w.camera_id,
    w.live_until > clock_timestamp() as is_live
from camera_wanted as w
where w.wanted_until > clock_timestamp() or w.live_until > clock_timestamp();

-- name: unwant
-- Nobody has looked at these for an hour.
delete from camera_wanted
where wanted_until < clock_timestamp() - interval '1 hour' and live_until < clock_timestamp() - interval '1 hour';

-- name: show
-- Puts a camera's newest picture in the place of the one before.
insert into camera_picture (camera_id, number, jpeg, width, height, picture_at, received_at)
values (%(camera)s, 1, %(jpeg)s, %(width)s, %(height)s, %(picture_at)s, %(received_at)s)
on conflict (camera_id) do update set
    number = camera_picture.number + 1, jpeg = excluded.jpeg, width = excluded.width, height = excluded.height,
    picture_at = excluded.picture_at, received_at = excluded.received_at
where camera_picture.received_at < excluded.received_at;

-- name: keep
-- Keeps a picture as proof; the same bytes once, for the longer time.
insert into camera_media (media_ref, camera_id, picture_at, received_at, jpeg, keep_until)
values (%(media_ref)s, %(camera)s, %(picture_at)s, %(received_at)s, %(jpeg)s, %(keep_until)s)
on conflict (media_ref) do nothing;

-- name: purge
-- Takes away what has been kept long enough, and pictures of cameras that are looked at no longer.
with old as (
    delete from camera_media
    where keep_until < clock_timestamp()
)

delete from camera_picture
where received_at < clock_timestamp() - interval '1 day';
