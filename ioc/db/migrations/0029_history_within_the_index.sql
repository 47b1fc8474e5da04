-- What was known at a moment is asked of the intervals of a whole period: an index of all four moments answers which of them count without reading
-- a row of the table for each that does not (48,600 pages become 320 for a year's figure of 50,000 intervals, docs/measurements.md).
drop index dossier_history_from;
create index dossier_history_from on dossier_history (from_at, to_at, known_from, known_to);
drop index report_history_from;
create index report_history_from on report_history (jurisdiction, from_at, to_at, known_from, known_to);
drop index counter_history_from;
create index counter_history_from on counter_history (from_at, to_at, known_from, known_to);
drop index document_history_from;
create index document_history_from on document_history (from_at, to_at, known_from, known_to);
drop index task_history_from;
create index task_history_from on task_history (from_at, to_at, known_from, known_to);
drop index meeting_history_from;
create index meeting_history_from on meeting_history (from_at, to_at, known_from, known_to);
drop index social_history_from;
create index social_history_from on social_history (from_at, to_at, known_from, known_to);
drop index incident_history_from;
create index incident_history_from on incident_history (from_at, to_at, known_from, known_to);
drop index platform_history_from;
create index platform_history_from on platform_history (from_at, to_at, known_from, known_to);

-- On plain PostgreSQL the hourly sums are views. With their own hour indexed a day's figure adds up a day, not all that was ever observed.
create index camera_event_hour on camera_event (time_bucket('1 hour', occurred_at));
create index environment_event_hour on environment_event (time_bucket('1 hour', occurred_at));
create index platform_event_hour on platform_event (time_bucket('1 hour', occurred_at));
create index service_event_hour on service_event (time_bucket('1 hour', occurred_at));
