-- What several panels and figures count alike: hours of cameras and watched systems, dossiers and reports that are open at a moment.

-- What cameras told in [since, until), per hour, camera and unit: whole hours from the hourly sums, the last, unfinished hour from the events;
-- all from the events (`from_events`) where only what was known at `known_at` counts, since the sums know only the present.
create function camera_hours(since timestamptz, until timestamptz, known_at timestamptz, from_events bool)
returns table (
    hour timestamptz, camera_id text, unit_code text, status_n bigint, online_n bigint, occupancy_n bigint, staffed_n bigint,
    waiting_sum bigint, vehicles_sum bigint
) language sql stable parallel safe as $$
select h.hour, h.camera_id, h.unit_code, h.status_n, h.online_n, h.occupancy_n, h.staffed_n, h.waiting_sum, h.vehicles_sum
from camera_hourly as h
where not from_events and h.hour >= since and h.hour < date_trunc('hour', until)
union all
select
    date_trunc('hour', e.occurred_at), e.subject, e.unit_code, count(e.online), count(*) filter (where e.online), count(e.waiting),
    count(*) filter (where e.staff_present > 0), sum(e.waiting), sum(e.vehicles)
from camera_event as e
where e.occurred_at < until and e.recorded_at <= known_at
    and e.occurred_at >= case when from_events then since else greatest(since, date_trunc('hour', until)) end
group by 1, 2, 3
$$;

-- As camera_hours, of watched systems and services; the events come as one row. A probe succeeds unless it says 'down'. Null calls = none told.
create function platform_hours(since timestamptz, until timestamptz, known_at timestamptz, from_events bool)
returns table (calls bigint, errors bigint, p95_max_ms int, probes bigint, successes bigint, heartbeats bigint, rejected bigint)
language sql stable parallel safe as $$
select h.calls, h.errors, h.p95_max_ms, h.probes, h.successes, h.heartbeats, h.rejected
from platform_hourly as h
where not from_events and h.hour >= since and h.hour < date_trunc('hour', until)
union all
select
    sum(e.calls) filter (where e.type = 'vn.ioc.platform.api_call_stats.v1'),
    sum(e.errors) filter (where e.type = 'vn.ioc.platform.api_call_stats.v1'),
    max(e.p95_ms) filter (where e.type = 'vn.ioc.platform.api_call_stats.v1'),
    count(*) filter (where e.type = 'vn.ioc.platform.probe.v1'),
    count(*) filter (where e.type = 'vn.ioc.platform.probe.v1' and e.status <> 'down'),
    count(*) filter (where e.type = 'vn.ioc.platform.heartbeat.v1'),
    count(*) filter (where e.type = 'vn.ioc.platform.event_rejected.v1')
from platform_event as e
where e.occurred_at < until and e.recorded_at <= known_at
    and e.occurred_at >= case when from_events then since else greatest(since, date_trunc('hour', until)) end
$$;

-- One row per dossier that is open at an instant, the last before the moment that is shown. Those that wait for the applicant or are suspended
-- are open, never overdue.
create function open_dossiers(instant timestamptz, known_at timestamptz)
returns table (unit_code text, org_code text, due_at timestamptz, apology_at timestamptz, waiting bool, overdue bool)
language sql stable parallel safe as $$
select
    h.unit_code, h.org_code, h.due_at, h.apology_at,
    h.state in ('awaiting_supplement', 'awaiting_payment', 'suspended'),
    coalesce(h.due_at <= instant and h.state in ('received', 'processing'), false)
from dossier_history as h
where h.is_open and tstzrange(h.from_at, h.to_at) @> instant and tstzrange(h.known_from, h.known_to) @> known_at
$$;

-- As open_dossiers, of a jurisdiction's reports ('' = the province's own).
create function open_reports(instant timestamptz, known_at timestamptz, asked_jurisdiction text)
returns table (
    subject text, unit_code text, org_code text, state text, category text, lon_deg double precision, lat_deg double precision, priority smallint,
    returned_count int, overdue bool
) language sql stable parallel safe as $$
select
    h.subject, h.unit_code, h.org_code, h.state, h.category, h.lon_deg, h.lat_deg, h.priority, h.returned_count,
    coalesce(h.due_at <= instant and h.suspended_at is null, false)
from report_history as h
where h.is_open and h.jurisdiction = asked_jurisdiction
    and tstzrange(h.from_at, h.to_at) @> instant and tstzrange(h.known_from, h.known_to) @> known_at
$$;
