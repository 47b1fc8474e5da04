-- A verdict on a detection can be corrected: all of them stand, the last one counts.

-- `turn`: 0 = the first verdict of a detection, then 1, 2 …; `told_at`: the moment of its event, null before this migration.
alter table camera_review
    add column turn int not null default 0 check (turn >= 0),
    add column told_at timestamptz,
    drop constraint camera_review_pkey,
    add primary key (camera_id, detection, turn);
create index camera_review_newest on camera_review (reviewed_at);

-- One row per detection and hour in which it was told or reviewed: one detection through its phases, or one picture, or one event where there is
-- neither, and when it was last confirmed and rejected: the later word counts, in whatever order they arrive. A review without a verdict confirms.
-- ioc:drop detection_hourly
-- ioc:aggregate detection_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    subject as camera_id,
    unit_code,
    kind,
    coalesce(detection_id, media_ref, event_id) as detection,
    bool_or(coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '') as reviewed,
    max(occurred_at) filter (
        where coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '' and coalesce(verdict, '') <> 'rejected'
    ) as confirmed_at,
    max(occurred_at) filter (
        where coalesce(reviewed_by, payload ->> 'reviewed_by', '') <> '' and verdict = 'rejected'
    ) as rejected_at
from camera_event
where type = 'vn.ioc.camera.detection.v1'
group by 1, 2, 3, 4, 5;
