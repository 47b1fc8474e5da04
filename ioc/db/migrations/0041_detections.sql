-- Detections reviewed by a person: who said what, and counts that take all phases of one detection and its review as one.

-- One row per detection that a person has reviewed: at once, while its event is still on the way through Kafka. `detection`: its id, else its
-- picture, else its only event; `reviewed_by`: the role, as the event tells it; `actor`, `name`: the person, for colleagues and the ledger alone.
create table camera_review (
    camera_id text not null,
    detection text not null,
    kind text not null,
    verdict text not null check (verdict in ('confirmed', 'rejected')),
    reason text not null,
    reviewed_by text not null,
    actor text not null,
    name text not null,
    reviewed_at timestamptz not null,
    event_id text not null,
    primary key (camera_id, detection)
);

-- One row per detection and hour in which it was told or reviewed: one detection through its phases, or one picture, or one event where there is
-- neither. Who reviewed stood in the payload before 0039. A review without a verdict confirms. Detections are few, so that their rows are.
-- ioc:drop detection_hourly
-- ioc:aggregate detection_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    subject as camera_id,
    unit_code,
    kind,
    coalesce(detection_id, media_ref, event_id) as detection,
    bool_or(coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '') as reviewed,
    bool_or(coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '' and coalesce(verdict, '') <> 'rejected') as confirmed
from camera_event
where type = 'vn.ioc.camera.detection.v1'
group by 1, 2, 3, 4, 5;

-- As in 0030, but that a person's review is no word of the camera: it would make all others look silent while their gateway is away.
create or replace function cameras_sight(before_at timestamptz, known_at timestamptz)
returns table (
    subject text, first_at timestamptz, kind text, unit_code text, site text, newest_at timestamptz, is_off bool, is_lost bool
)
language sql stable parallel safe as $$
with heard as materialized (
    select e.occurred_at as newest_at, heard_within('camera', interval '10 minutes') as least
    from camera_event as e
    where e.occurred_at < cameras_sight.before_at and e.occurred_at >= cameras_sight.before_at - interval '30 days'
        and e.recorded_at <= cameras_sight.known_at and e.reviewed_by is null
    order by e.occurred_at desc
    limit 1
),

word as materialized (
    select
        c.subject,
        c.first_at,
        case when c.count_at is not null then 'traffic' when c.occupancy_at is not null then 'counter' else 'security' end as kind,
        e.unit_code,
        e.site,
        e.sees,
        e.occurred_at,
        e.occurred_at - lag(e.occurred_at) over (partition by c.subject order by e.occurred_at, e.event_id) as pause,
        row_number() over (partition by c.subject order by e.occurred_at desc, e.event_id desc) as place
    from camera_state as c
    cross join lateral (
        select e.occurred_at, e.event_id, e.unit_code, coalesce(e.point_id, e.subject) as site, coalesce(e.online, true) as sees
        from camera_event as e
        where e.subject = c.subject and e.recorded_at <= cameras_sight.known_at and e.reviewed_by is null
            and e.occurred_at >= cameras_sight.before_at - interval '30 days' and e.occurred_at < cameras_sight.before_at
        order by e.occurred_at desc
        limit 6
    ) as e
    where c.first_at < cameras_sight.before_at
),

paced as (
    select subject, max(pause) as pause
    from word
    group by subject
)

select
    w.subject,
    w.first_at,
    w.kind,
    w.unit_code,
    w.site,
    w.occurred_at,
    not w.sees,
    not w.sees or w.occurred_at < h.newest_at - greatest(h.least, 3 * coalesce(p.pause, interval '1 hour'))
from word as w
inner join paced as p on w.subject = p.subject
cross join heard as h
where w.place = 1
$$;
