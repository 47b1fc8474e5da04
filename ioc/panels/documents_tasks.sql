-- name: backlog
-- One row per unit and owner with open tasks at the moment; the basis is the kind of paper that its oldest overdue task comes from, null where none
-- is overdue or the paper names no kind. Absent = nothing is open.
with open_task as (
    select
        unit_code,
        owner_org,
        unseen,
        due_at,
        overdue,
        substring(source_document from '/([A-ZĐ]{2,3})(?:-|$)') as basis
    from open_tasks(%(instant)s, %(known)s)
)

select
    unit_code,
    owner_org as org_code,
    count(*) as open,
    count(*) filter (where overdue) as overdue,
    count(*) filter (where not overdue and due_at <= %(due_soon_at)s) as due_soon,
    count(*) filter (where unseen) as unseen,
    min(due_at) filter (where overdue) as oldest_due_at,
    (array_agg(basis order by due_at) filter (where overdue))[1] as basis
from open_task
group by unit_code, owner_org;

-- name: waiting
-- One row per urgency, stage and age of documents that wait to be registered ('waiting', since they arrived) or are past their time to be finished
-- ('overdue', since then). Age of what waits: 0 under 4 hours, 1 under a day, 2 longer; of what is overdue: 0 under three days, 1 longer. `late`: of
-- those that wait, past their time to be registered; of those overdue, all. Absent = none.
with standing as (
    select
        urgency,
        case when state = 'arrived' then 'waiting' else 'overdue' end as stage,
        extract(epoch from %(at)s::timestamptz - case when state = 'arrived' then last_arrived_at else due_at end) / 3600 as age_h,
        state <> 'arrived' or unregistered as late
    from open_documents(%(instant)s, %(known)s)
    where state = 'arrived' or overdue
),

aged as (
    select
        urgency,
        stage,
        case
            when stage = 'overdue' then case when age_h < 72 then 0 else 1 end
            when age_h < 4 then 0
            when age_h < 24 then 1
            else 2
        end as age,
        late
    from standing
)

select urgency, stage, age, count(*) as documents, count(*) filter (where late) as late
from aged
group by urgency, stage, age;

-- name: letters
-- One row per receiving unit and agency with documents past their time to be registered or finished: how many, and since when the oldest of all is.
-- Absent = none is late.
with late as (
    select
        unit_code,
        to_org,
        unregistered,
        overdue,
        least(case when state = 'arrived' then register_due_at end, due_at) as since_at
    from open_documents(%(instant)s, %(known)s)
    where overdue or unregistered
)

select
    unit_code,
    to_org as org_code,
    count(*) filter (where unregistered) as unregistered,
    count(*) filter (where overdue) as overdue,
    min(since_at) as oldest_due_at
from late
group by unit_code, to_org;

-- name: days
-- One row per local day of the last 31 up to the moment's. Absent day = no document was sent or arrived.
select day, sum(sent)::bigint as sent, sum(arrived)::bigint as arrived
from document_daily
where day >= %(month_ago)s and day <= %(day)s and (%(as_of)s::date is null or as_of_day <= %(as_of)s)
group by day
having sum(sent) + sum(arrived) > 0
order by day;

-- name: burndown
-- One row per paper and every second local day of the last 61, today the last: tasks still open at the day's end (today: at the moment), of the three papers that have the most
-- open tasks at the moment. `basis`: number and symbol as on the paper. Absent day = none of the paper's tasks was open.
with standing as materialized (
    select source_document, count(*) as tasks
    from open_tasks(%(instant)s, %(known)s)
    where source_document ~ '[0-9]+[0-9A-Z]*/[A-ZĐ][A-ZĐ0-9-]*$'
    group by source_document
    order by tasks desc, source_document
    limit 3
),

shown as (
    select
        t.day::date as day,
        least((t.day + interval '1 day') at time zone 'Asia/Ho_Chi_Minh' - interval '1 microsecond', %(instant)s::timestamptz) as instant
    from generate_series(%(day)s::date::timestamp - interval '60 days', %(day)s::date::timestamp, interval '2 days') as t (day)
)

select
    substring(h.source_document from '([0-9]+[0-9A-Z]*/[A-ZĐ][A-ZĐ0-9-]*)$') as basis,
    shown.day,
    count(*) as open
from shown
inner join task_history as h
    on moment_of(shown.instant, %(known)s::timestamptz) <@ span_of(h.from_at, h.to_at, h.known_from, h.known_to)
        and shown.instant >= h.from_at and shown.instant < h.to_at
inner join standing as s on h.source_document = s.source_document
where h.is_open and h.known_from <= %(known)s::timestamptz and h.known_to > %(known)s::timestamptz
group by h.source_document, s.tasks, shown.day
order by s.tasks desc, h.source_document, shown.day;

-- name: sessions
-- One row per conference of today or the last 14 days, newest first: its points by how they stand at the moment. Invitations go out at most
-- 60 days ahead. Absent = no conference.
select
    meeting_id,
    min(started_at) as started_at,
    coalesce(bool_or(point_id = '' and state = 'running'), false) as running,
    count(*) filter (where point_id <> '' and state = 'joined') as connected,
    count(*) filter (where point_id <> '' and state = 'lost') as lost,
    count(*) filter (where point_id <> '' and state = 'ended') as attended,
    count(*) filter (where point_id <> '' and state = 'absent') as absent,
    count(*) filter (where point_id <> '' and state = 'invited') as invited
from meeting_history
where from_at >= %(day_from)s::timestamptz - interval '60 days' and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
    and started_at >= %(day_from)s::timestamptz - interval '14 days' and started_at < %(day_from)s::timestamptz + interval '1 day'
group by meeting_id
order by started_at desc, meeting_id
limit 6;
