-- name: hours
-- One row per promised stream, source and hour of the last 24 (the hour that runs is not over) with events: how many, the first and the last of them,
-- and how long 95 of 100 took from the source to this database. Cameras, stations and watched systems are counted by events; of everything else, those
-- events that changed something, found by the changes. Absent = nothing of that hour is known.
with span as materialized (
    select
        date_trunc('hour', %(instant)s::timestamptz) - interval '23 hours' as begins,
        %(at)s::timestamptz as ends,
        %(known)s::timestamptz as known_at
),

told as (
    select 'camera' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join camera_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select 'environment' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join environment_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select 'platform' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join platform_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'dossier' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join dossier_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join dossier_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'report' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join report_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from and h.jurisdiction = ''
    inner join report_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'counter' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join counter_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join counter_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'document' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join document_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join document_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'task' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join task_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join task_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'meeting' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join meeting_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join meeting_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'indicator' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join indicator_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join indicator_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'enterprise' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join enterprise_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join enterprise_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'tourism' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join tourism_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join tourism_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'service' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join service_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join service_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'social' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join social_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join social_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
    union
    select 'incident' as stream, e.identity, e.source, e.occurred_at, e.recorded_at, coalesce(e.source_recorded_at, e.occurred_at) as told_at
    from span
    inner join incident_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    inner join incident_event as e on h.subject = e.subject and h.from_at = e.occurred_at and span.known_at >= e.recorded_at
)

select
    stream,
    source,
    date_trunc('hour', occurred_at) as hour,
    count(*) as events,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    percentile_cont(0.95) within group (order by extract(epoch from recorded_at - told_at))::float8 as delay_p95_s
from told
group by stream, source, date_trunc('hour', occurred_at);

-- name: heard
-- One row per promised source that was heard by the moment: newest event time and when the centre learnt it (of the past, both by when it learnt it).
-- Absent = never heard.
select h.stream, h.source, coalesce(s.last_occurred_at, h.heard_at) as occurred_at, h.heard_at
from sources_heard(%(at)s, %(known)s, %(as_of)s::date is null) as h
left join source_state as s on h.stream = s.stream and h.source = s.source and %(as_of)s::date is null;

-- name: services
-- One row per service that told of its calls in the last 24 hours; p95_ms is the largest it told, null where it told none. Absent = no service told.
select
    service,
    sum(calls)::bigint as calls,
    sum(errors)::bigint as errors,
    max(p95_ms) as p95_ms
from platform_event
where type = 'vn.ioc.platform.api_call_stats.v1' and recorded_at <= %(known)s
    and occurred_at >= %(at)s::timestamptz - interval '24 hours' and occurred_at < %(at)s
group by service
having sum(calls) is not null
order by sum(errors)::float8 / nullif(sum(calls), 0) desc nulls last, service;

-- name: portals
-- One row per portal and hour of the last 24 in which it was probed: probes, and those that it did not answer. Absent = nobody looked.
select
    subject as portal,
    date_trunc('hour', occurred_at) as hour,
    count(*) as probes,
    count(*) filter (where status = 'down') as down
from platform_event
where type = 'vn.ioc.platform.probe.v1' and recorded_at <= %(known)s
    and occurred_at >= date_trunc('hour', %(instant)s::timestamptz) - interval '23 hours' and occurred_at < %(at)s
group by subject, date_trunc('hour', occurred_at);

-- name: lag
-- One row per hour of the last 24 in which a reader of Kafka told how many events it had still before it: the most of each reader, added up.
-- Absent = no reader told.
select hour, sum(most)::bigint as lag
from (
    select date_trunc('hour', occurred_at) as hour, subject, max(value) as most
    from platform_event
    where type = 'vn.ioc.platform.consumer_lag.v1' and recorded_at <= %(known)s
        and occurred_at >= date_trunc('hour', %(instant)s::timestamptz) - interval '23 hours' and occurred_at < %(at)s
    group by date_trunc('hour', occurred_at), subject
) as told
group by hour;

-- name: certificates
-- One row per unit, kind of holder and last day of certificates that end within 30 days or ended within the last 30, the first to end on top; the
-- certificates themselves are not named, their ids may hold a person's name. Absent = none.
select unit_code, coalesce(holder_kind, '') as holder_kind, expires_on, count(*) as certificates
from platform_history
where is_open and state = 'expiring' and expires_on <= %(day)s::date + 30 and expires_on >= %(day)s::date - 30
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code, coalesce(holder_kind, ''), expires_on
order by expires_on, unit_code, holder_kind
limit 8;

-- name: insecure
-- One row per severity (0 = not rated) of security events not contained at the moment, with the longest open. Absent = none is open.
select coalesce(severity, 0)::int as severity, count(*) as events, min(detected_at) as oldest_at
from platform_history
where is_open and state = 'detected'
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by coalesce(severity, 0);

-- name: letters
-- One row per topic and reason of messages refused and not sent again by the moment, the oldest on top. Absent = none.
select topic, reason, count(*) as messages, min(recorded_at) as oldest_at
from dead_letter
where recorded_at < %(at)s and recorded_at <= %(known)s
    and (replayed_at is null or replayed_at >= %(at)s or replayed_at > %(known)s)
group by topic, reason
order by oldest_at, topic, reason;

-- name: halts
-- One row: events lost at the broker in gaps that nobody had closed by the moment, and partitions that were read no further.
select
    (
        select coalesce(sum(to_offset - from_offset), 0)::bigint
        from stream_gap
        where found_at < %(at)s and found_at <= %(known)s and (closed_at is null or closed_at >= %(at)s or closed_at > %(known)s)
    ) as lost,
    (
        select count(*)
        from partition_pause
        where paused_at < %(at)s and paused_at <= %(known)s and (resumed_at is null or resumed_at >= %(at)s or resumed_at > %(known)s)
    ) as paused;

-- name: pulse
-- One row: sinks that went round within 15 minutes, and messages that they have not read; null = no sink does, or a past moment is asked for, of which
-- nothing is kept.
select count(*) as sinks, sum(waiting)::bigint as waiting
from sink_pulse
where %(as_of)s::date is null and beat_at >= %(at)s::timestamptz - interval '15 minutes';
