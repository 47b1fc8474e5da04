-- name: waiting
-- One row per detection that nobody has reviewed (`again`: that somebody has), of the cameras that may be seen, all its phases as one: since when, until when it was last told,
-- its last phase, how sure and by which method, its newest picture. The oldest first. Null = its source did not tell. Absent = none waits.
with told as (
    select e.*, coalesce(e.detection_id, e.media_ref, e.event_id) as detection
    from camera_event as e
    where e.type = 'vn.ioc.camera.detection.v1' and e.occurred_at >= %(since)s
        and (e.subject = any(%(seen)s::text[]) or (%(others)s and e.subject <> all(%(listed)s::text[])))
)

select
    t.subject as camera_id,
    t.kind,
    t.detection,
    min(t.occurred_at) as from_at,
    max(t.occurred_at) as to_at,
    (array_agg(t.phase order by t.occurred_at desc, t.event_id desc) filter (where t.phase is not null))[1] as phase,
    max(t.confidence_ratio) as confidence_ratio,
    max(t.method) as method,
    (array_agg(t.media_ref order by t.occurred_at desc, t.event_id desc) filter (where t.media_ref is not null))[1] as media_ref,
    (array_agg(t.unit_code order by t.occurred_at desc, t.event_id desc))[1] as unit_code,
    (array_agg(t.unit_valid_on order by t.occurred_at desc, t.event_id desc))[1] as unit_valid_on,
    max(t.point_id) as point_id,
    bool_or(t.simulated) as simulated,
    bool_or(t.detection_id is not null) as has_id,
    count(*) over () as all_waiting
from told as t
where (%(camera)s::text is null or (t.subject = %(camera)s and t.detection = %(detection)s))
    and (
        %(again)s or not exists (
            select 1
            from camera_review as r
            where r.camera_id = t.subject and r.detection = t.detection
        )
    )
group by t.subject, t.kind, t.detection
having %(again)s or not bool_or(coalesce(t.reviewed_by, t.payload ->> 'reviewed_by', '') <> '')
order by min(t.occurred_at), t.subject
limit %(most)s;

-- name: reviewed
-- What was last said of a detection: by a person here, or (`name` null) by whoever told it from outside. Absent = nobody has said anything.
-- `turn`: how often a person here had spoken before; `told_at`: the moment of the event, null where it is not known.
(
    select r.verdict, r.name, r.reviewed_by, r.reviewed_at, r.event_id, r.turn, r.told_at
    from camera_review as r
    where r.camera_id = %(camera)s and r.detection = %(detection)s
    order by r.turn desc
    limit 1
)
union all
(
    select
        coalesce(e.verdict, ''), null, coalesce(e.reviewed_by, e.payload ->> 'reviewed_by'), e.occurred_at as reviewed_at, e.event_id, -1,
        e.occurred_at as told_at
    from camera_event as e
    where e.type = 'vn.ioc.camera.detection.v1' and e.subject = %(camera)s and e.occurred_at >= %(since)s
        and coalesce(e.detection_id, e.media_ref, e.event_id) = %(detection)s
        and coalesce(e.reviewed_by, e.payload ->> 'reviewed_by', '') <> ''
    order by e.occurred_at desc, e.event_id desc
    limit 1
)
order by turn desc
limit 1;

-- name: keep
-- No rows: what a person said of a detection. All that was said before stands.
insert into camera_review (camera_id, detection, turn, kind, verdict, reason, reviewed_by, actor, name, reviewed_at, told_at, event_id)
values (
    %(camera)s, %(detection)s, %(turn)s, %(kind)s, %(verdict)s, %(reason)s, %(reviewed_by)s, %(actor)s, %(name)s, %(at)s, %(told_at)s, %(event_id)s
);

-- name: done
-- One row per detection of the cameras that may be seen that a person here has reviewed lately, the last verdict of each, the latest first: what was
-- said, by whom, when, under which event, how often it was corrected; and the detection as its source told it. Absent = nobody has reviewed any.
select
    r.camera_id,
    r.kind,
    r.detection,
    r.verdict,
    r.reason,
    r.name,
    r.reviewed_at,
    r.event_id,
    r.turn,
    d.from_at,
    d.to_at,
    d.phase,
    d.confidence_ratio,
    d.method,
    d.media_ref,
    d.unit_code,
    d.unit_valid_on,
    d.simulated
from camera_review as r
cross join lateral (
    select
        min(e.occurred_at) as from_at,
        max(e.occurred_at) as to_at,
        (array_agg(e.phase order by e.occurred_at desc, e.event_id desc) filter (where e.phase is not null))[1] as phase,
        max(e.confidence_ratio) as confidence_ratio,
        max(e.method) as method,
        (array_agg(e.media_ref order by e.occurred_at desc, e.event_id desc) filter (where e.media_ref is not null))[1] as media_ref,
        (array_agg(e.unit_code order by e.occurred_at desc, e.event_id desc))[1] as unit_code,
        (array_agg(e.unit_valid_on order by e.occurred_at desc, e.event_id desc))[1] as unit_valid_on,
        bool_or(e.simulated) as simulated
    from camera_event as e
    where e.subject = r.camera_id and e.type = 'vn.ioc.camera.detection.v1' and e.occurred_at >= %(since)s
        and coalesce(e.detection_id, e.media_ref, e.event_id) = r.detection
        and coalesce(e.reviewed_by, e.payload ->> 'reviewed_by', '') = ''
) as d
where r.reviewed_at >= %(lately)s and d.from_at is not null
    and (r.camera_id = any(%(seen)s::text[]) or (%(others)s and r.camera_id <> all(%(listed)s::text[])))
    and not exists (
        select 1
        from camera_review as later
        where later.camera_id = r.camera_id and later.detection = r.detection and later.turn > r.turn
    )
order by r.reviewed_at desc, r.event_id desc
limit %(most)s;
