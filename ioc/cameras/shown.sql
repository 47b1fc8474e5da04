-- name: now
-- The database's moment, by which processes of `ioc cameras` say when they looked: seconds since 1970.
select extract(epoch from clock_timestamp())::float8 as now_s;

-- name: stand
-- One row per camera that is known: how it stands, since when, when its process last said so, and its newest picture's number and moment, all in
-- seconds since 1970. Null = it has no picture, was never told, shows no time. Absent = no process of `ioc cameras` has taken it up yet.
select
    w.camera_id,
    w.condition,
    w.cause,
    extract(epoch from w.since_at)::float8 as since_s,
    extract(epoch from w.checked_at)::float8 as checked_s,
    w.clock_offset_s,
    p.number,
    extract(epoch from p.received_at)::float8 as received_s,
    extract(epoch from p.picture_at)::float8 as picture_s,
    s.simulated
from camera_watch as w
left join camera_picture as p on w.camera_id = p.camera_id
left join camera_state as s on w.camera_id = s.subject;

-- name: picture
-- The newest picture of a camera. Absent = none is kept.
select p.number, extract(epoch from p.received_at)::float8 as received_s, p.jpeg
from camera_picture as p
where p.camera_id = %(camera)s;

-- name: newer
-- The newest picture of a camera, where it is another one than was sent. Absent = it is the same, or none is kept.
select p.number, extract(epoch from p.received_at)::float8 as received_s, p.jpeg
from camera_picture as p
where p.camera_id = %(camera)s and p.number <> %(number)s;

-- name: want
-- No rows: somebody looks at these cameras for so long, and (`live_s` above 0) as fast as pictures come.
insert into camera_wanted as w (camera_id, wanted_until, live_until)
select
    c.camera_id,
    clock_timestamp() + make_interval(secs => %(wanted_s)s),
    case when %(live_s)s > 0 then clock_timestamp() + make_interval(secs => %(live_s)s) else '-infinity' end
from unnest(%(cameras)s::text[]) as c (camera_id)
order by c.camera_id
on conflict (camera_id) do update
set wanted_until = greatest(w.wanted_until, excluded.wanted_until), live_until = greatest(w.live_until, excluded.live_until);

-- name: media
-- A picture kept as proof, and whose camera took it. Absent = no such picture, or its time is over.
select m.camera_id, m.jpeg, coalesce(s.unit_code, '') as unit_code
from camera_media as m
left join camera_state as s on m.camera_id = s.subject
where m.media_ref = %(media_ref)s and m.keep_until > clock_timestamp();

-- name: hour
-- One row per five minutes of the last hour in which a camera counted: people waiting and officials present (the most seen), vehicles and people
-- that passed in, out, and in whatever direction. Null = not counted. Absent = it counted nothing in these minutes.
select
    extract(epoch from date_bin('5 minutes', e.occurred_at, %(until)s::timestamptz))::float8 as from_s,
    max(e.waiting) as waiting,
    max(e.staff_present) as staff,
    sum(e.vehicles) as vehicles,
    sum(e.vehicles) filter (where e.direction = 'in') as vehicles_in,
    sum(e.vehicles) filter (where e.direction = 'out') as vehicles_out,
    sum(e.people) filter (where e.type = 'vn.ioc.camera.people_count.v1') as people,
    sum(e.people) filter (where e.type = 'vn.ioc.camera.people_count.v1' and e.direction = 'in') as people_in,
    sum(e.people) filter (where e.type = 'vn.ioc.camera.people_count.v1' and e.direction = 'out') as people_out
from camera_event as e
where e.subject = %(camera)s and e.occurred_at > %(until)s::timestamptz - interval '1 hour' and e.occurred_at <= %(until)s
    and e.type in ('vn.ioc.camera.occupancy.v1', 'vn.ioc.camera.traffic_count.v1', 'vn.ioc.camera.people_count.v1')
group by 1
order by 1;

-- name: newest_counts
-- The newest look at who waits in the hour before a moment. Absent = nobody was counted.
select e.waiting, e.staff_present, extract(epoch from e.occurred_at)::float8 as at_s
from camera_event as e
where e.subject = %(camera)s and e.type = 'vn.ioc.camera.occupancy.v1'
    and e.occurred_at > %(until)s::timestamptz - interval '1 hour' and e.occurred_at <= %(until)s
order by e.occurred_at desc, e.event_id desc
limit 1;

-- name: turns
-- One row per turn of a camera's condition in a span, and its first word in it. A source that tells no condition says by `online` whether it sees.
-- Absent = none of these cameras told anything.
select t.subject as camera_id, extract(epoch from t.occurred_at)::float8 as at_s, t.condition
from (
    select
        e.subject,
        e.occurred_at,
        coalesce(e.condition, case when e.online then 'ok' else 'no_signal' end) as condition,
        lag(coalesce(e.condition, case when e.online then 'ok' else 'no_signal' end)) over (
            partition by e.subject order by e.occurred_at, e.event_id
        ) as before
    from camera_event as e
    where e.subject = any(%(cameras)s::text[]) and e.type = 'vn.ioc.camera.status.v1'
        and e.occurred_at >= %(since)s and e.occurred_at <= %(until)s
) as t
where t.condition is distinct from t.before
order by t.occurred_at desc
limit %(most)s;

-- name: detections
-- One row per detection of some cameras in a span, all its phases and its review as one: what, from when to when, how sure, its newest picture,
-- and what a person said last. `verdict` null = nobody reviewed it; '' = reviewed without a verdict. Absent = nothing was detected.
select
    e.subject as camera_id,
    e.kind,
    coalesce(e.detection_id, e.media_ref, e.event_id) as detection,
    extract(epoch from min(e.occurred_at))::float8 as from_s,
    extract(epoch from max(e.occurred_at) filter (where e.reviewed_by is null))::float8 as to_s,
    max(e.confidence_ratio) as confidence_ratio,
    (array_agg(e.media_ref order by e.occurred_at desc) filter (where e.media_ref is not null))[1] as media_ref,
    coalesce(
        (array_agg(r.verdict order by r.turn desc) filter (where r.verdict is not null))[1],
        (array_agg(e.verdict order by e.occurred_at desc, e.verdict desc) filter (where e.verdict is not null))[1],
        case when bool_or(coalesce(e.reviewed_by, e.payload ->> 'reviewed_by', '') <> '') then '' end
    ) as verdict
from camera_event as e
left join camera_review as r on e.subject = r.camera_id and coalesce(e.detection_id, e.media_ref, e.event_id) = r.detection
where e.subject = any(%(cameras)s::text[]) and e.type = 'vn.ioc.camera.detection.v1'
    and e.occurred_at >= %(since)s and e.occurred_at <= %(until)s
group by e.subject, e.kind, coalesce(e.detection_id, e.media_ref, e.event_id)
order by min(e.occurred_at) desc
limit %(most)s;
