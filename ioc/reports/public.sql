-- name: listed
-- Codes of the reports of one jurisdiction that were submitted, and last changed, in half-open windows, the newest first. `near`: those whose place
-- on the public grid lies within so many metres; never the place itself, or somebody could ask until the house is found. Absent = none is so.
select s.subject
from report_state as s
where s.jurisdiction = %(jurisdiction)s and s.state <> ''
    and (%(since)s::timestamptz is null or s.submitted_at >= %(since)s)
    and (%(until)s::timestamptz is null or s.submitted_at < %(until)s)
    and (%(changed_since)s::timestamptz is null or s.last_at >= %(changed_since)s)
    and (%(changed_until)s::timestamptz is null or s.last_at < %(changed_until)s)
    and (%(categories)s::text[] is null or s.category = any(%(categories)s))
    and (not %(only_open)s or s.state in (
        'submitted', 'needs_info', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused', 'reopened'))
    and (not %(only_closed)s or s.state not in (
        'submitted', 'needs_info', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused', 'reopened'))
    and (%(radius_m)s::float8 is null or (
        s.category <> all(%(private)s)
        and s.lat_deg between %(south_deg)s and %(north_deg)s
        and public_distance_m(s.lon_deg, s.lat_deg, %(lon_deg)s, %(lat_deg)s) <= %(radius_m)s))
order by s.submitted_at desc, s.subject desc
limit %(most)s offset %(skip)s;

-- name: told
-- One row per report of these, the newest first; one that was filed here a moment ago and is still on its way stands as submitted. Its sentence
-- for the public: the words with which its result was published. Absent = there is no such report.
select
    asked.subject,
    coalesce(s.jurisdiction, f.jurisdiction) as jurisdiction,
    coalesce(s.category, f.category) as category,
    coalesce(s.state, 'submitted') as state,
    s.reason_code,
    s.parent_id,
    coalesce(s.submitted_at, f.filed_at) as submitted_at,
    coalesce(s.last_at, f.filed_at) as updated_at,
    case when s.ended_at is null and s.suspended_at is null then s.due_at end as expected_at,
    coalesce(s.lon_deg, f.lon_deg) as lon_deg,
    coalesce(s.lat_deg, f.lat_deg) as lat_deg,
    coalesce(s.unit_code, '') as unit_code,
    coalesce(s.org_code, '') as org_code,
    published.note as published,
    coalesce(shown.photos, '{}') as photos
from (select distinct unnest(%(subjects)s::text[]) as subject) as asked
left join report_state as s on asked.subject = s.subject and s.state <> ''
left join report_filing as f on asked.subject = f.subject
left join lateral (
    select e.note from report_event as e
    where e.subject = s.subject and s.state in ('published', 'closed') and e.type = %(published)s and e.note is not null
        and e.occurred_at >= s.first_at
    order by e.occurred_at desc
    limit 1
) as published on true
left join lateral (
    select array_agg(p.media_id order by p.stage, p.kept_at, p.media_id) as photos from report_photo as p
    where p.subject = asked.subject and p.shown
) as shown on true
where s.subject is not null or f.subject is not null
order by coalesce(s.submitted_at, f.filed_at) desc, asked.subject desc;
