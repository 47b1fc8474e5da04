-- One interval of history is a rectangle: when it held, and when that was known. The indexes of two ranges read a tenth of themselves for each
-- moment; as boxes the same rectangles are found in some hundred pages, whatever the years (docs/measurements.md).
-- An index is made without the schema in sight, so these functions call nothing of ours. 1e11 s (the year 5138) stands for 'infinity'.

-- The rectangle of an interval. Boxes are compared to a millionth (of a second), and are closed: a query asks for the four moments as well.
create function span_of(from_at timestamptz, to_at timestamptz, known_from timestamptz, known_to timestamptz)
returns box language sql immutable parallel safe as $$
select box(
    point(least(date_part('epoch', from_at at time zone 'UTC'), 1e11), least(date_part('epoch', known_from at time zone 'UTC'), 1e11)),
    point(least(date_part('epoch', to_at at time zone 'UTC'), 1e11), least(date_part('epoch', known_to at time zone 'UTC'), 1e11))
)
$$;

-- What was true at one moment, as known at another one: a point.
create function moment_of(instant timestamptz, known_at timestamptz) returns box language sql immutable parallel safe as $$
select box(
    point(least(date_part('epoch', instant at time zone 'UTC'), 1e11), least(date_part('epoch', known_at at time zone 'UTC'), 1e11)),
    point(least(date_part('epoch', instant at time zone 'UTC'), 1e11), least(date_part('epoch', known_at at time zone 'UTC'), 1e11))
)
$$;

drop index dossier_history_open;
create index dossier_history_open on dossier_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index report_history_open;
create index report_history_open on report_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index counter_history_open;
create index counter_history_open on counter_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index document_history_open;
create index document_history_open on document_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index task_history_open;
create index task_history_open on task_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index meeting_history_open;
create index meeting_history_open on meeting_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index indicator_history_open;
create index indicator_history_open on indicator_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index enterprise_history_open;
create index enterprise_history_open on enterprise_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index tourism_history_open;
create index tourism_history_open on tourism_history using gist (span_of(from_at, to_at, known_from, known_to));
drop index service_history_open;
create index service_history_open on service_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index social_history_open;
create index social_history_open on social_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index incident_history_open;
create index incident_history_open on incident_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index alert_history_open;
create index alert_history_open on alert_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;
drop index platform_history_open;
create index platform_history_open on platform_history using gist (span_of(from_at, to_at, known_from, known_to)) where is_open;

create or replace function open_dossiers(instant timestamptz, known_at timestamptz)
returns table (unit_code text, org_code text, due_at timestamptz, apology_at timestamptz, waiting bool, overdue bool)
language sql stable parallel safe as $$
select
    h.unit_code, h.org_code, h.due_at, h.apology_at,
    h.state in ('awaiting_supplement', 'awaiting_payment', 'suspended'),
    coalesce(h.due_at <= instant and h.state in ('received', 'processing'), false)
from dossier_history as h
where h.is_open
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(instant, known_at)
    and h.from_at <= instant and h.to_at > instant and h.known_from <= known_at and h.known_to > known_at
$$;

create or replace function open_reports(instant timestamptz, known_at timestamptz, asked_jurisdiction text)
returns table (
    subject text, unit_code text, org_code text, state text, category text, lon_deg double precision, lat_deg double precision, priority smallint,
    returned_count int, overdue bool
) language sql stable parallel safe as $$
select
    h.subject, h.unit_code, h.org_code, h.state, h.category, h.lon_deg, h.lat_deg, h.priority, h.returned_count,
    coalesce(h.due_at <= instant and h.suspended_at is null, false)
from report_history as h
where h.is_open and h.jurisdiction = asked_jurisdiction
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(instant, known_at)
    and h.from_at <= instant and h.to_at > instant
    and h.known_from <= known_at and h.known_to > known_at
$$;
