-- name: events
-- One row per event of a report, as it happened. `by_name`: the person who decided; null = a source told it, or keys of decisions are no longer kept.
-- Absent = there is no such report.
select e.event_id, e.type, e.occurred_at, e.source, e.actor_role, e.reason_code, e.note, e.to_org, e.parent_id, e.priority, e.category, e.due_at,
    e.wanted_due_at, e.rating, e.approved, e.address, k.name as by_name
from report_event as e
left join decision_key as k on e.event_id = k.event_id
where e.subject = %(subject)s and e.occurred_at >= %(first_at)s
order by e.occurred_at, e.recorded_at, e.event_id
limit %(most)s;

-- name: photos
-- One row per picture of a report, the first first. Absent = there is none, or they are no longer kept.
select p.media_id, p.stage, p.width, p.height, p.shown
from report_photo as p
where p.subject = %(subject)s
order by p.kept_at, p.media_id;

-- name: children
-- Reports within reach that were put together with this one, the last first. Absent = none was.
select s.subject, s.category, s.submitted_at
from report_state as s
where s.parent_id = %(subject)s and s.state = 'merged' and within_scope(s.unit_code, s.org_code, s.category, %(scope)s)
order by s.submitted_at desc, s.subject
limit %(most)s;

-- name: neighbours
-- Other open reports of the jurisdiction within reach that lie in a box around the place, in WGS 84 degrees. Absent = nothing is open around it.
select s.subject, s.state, s.category, s.lon_deg, s.lat_deg
from report_state as s
where s.jurisdiction = %(jurisdiction)s
    and s.state in ('submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused')
    and s.lon_deg between %(west_deg)s and %(east_deg)s and s.lat_deg between %(south_deg)s and %(north_deg)s
    and s.subject <> %(subject)s and within_scope(s.unit_code, s.org_code, s.category, %(scope)s)
order by s.submitted_at desc, s.subject
limit %(most)s;

-- name: look
-- No rows: somebody looks at a report now, and at no other.
with gone as (
    delete from report_presence as p
    where (p.actor = %(actor)s and p.subject <> %(subject)s) or p.seen_at < %(before)s
)

insert into report_presence as p (subject, actor, name, seen_at)
values (%(subject)s, %(actor)s, %(name)s, %(at)s)
on conflict (subject, actor) do update set seen_at = excluded.seen_at, name = excluded.name;

-- name: leave
-- No rows: somebody looks at no report any more.
delete from report_presence as p
where p.actor = %(actor)s;

-- name: looking
-- One row per person who looks at a report, with what limits the reach of those who are told. Absent = nobody looks.
select p.subject, p.actor, p.name, s.unit_code, s.org_code, s.category
from report_presence as p
inner join report_state as s on p.subject = s.subject
where p.seen_at > %(after)s
order by p.subject, p.name, p.actor;

-- name: newest
-- The last moment at which a report changed; null = there is none.
select max(s.recorded_at) as recorded_at
from report_state as s;

-- name: changed
-- One row per report that changed since a moment, as it stands now. `by_name`: as of the query `events`. Absent = nothing did.
select s.subject, s.state, s.version, s.jurisdiction, s.unit_code, s.org_code, s.category, s.recorded_at, k.name as by_name, k.actor as by_actor
from report_state as s
left join decision_key as k on s.last_id = k.event_id
where s.recorded_at > %(after)s and s.state <> ''
order by s.recorded_at desc, s.subject
limit %(most)s;
