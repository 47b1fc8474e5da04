-- name: sources_silent
-- One row per source that promised and was ever heard: for how many times its promise it has been silent (a source that sends its past is not
-- silent: the present goes by when it was heard, a past moment by event time). In working time, heard in
-- working time, the closer promise holds, else the looser (as the wall's freshness). Null = the working times of the moment are not stored.
-- Absent = never heard.
with asked as (
    select least(%(at)s::timestamptz, %(known)s::timestamptz) as at
),

covered as (
    select bool_or(w.from_at <= asked.at and w.to_at > asked.at) as is_open, min(w.from_at) <= asked.at and max(w.to_at) > asked.at as is_laid_out
    from asked
    inner join working_time as w on asked.at - interval '30 days' < w.from_at and asked.at + interval '30 days' > w.from_at
    group by asked.at
),

newest as (
    (
        select 'camera' as stream, occurred_at as heard_at
        from camera_event
        where %(as_of)s::date is not null and occurred_at < %(at)s and recorded_at <= %(known)s
        order by occurred_at desc
        limit 1
    )
    union all
    (
        select 'environment' as stream, occurred_at as heard_at
        from environment_event
        where %(as_of)s::date is not null and occurred_at < %(at)s and recorded_at <= %(known)s
        order by occurred_at desc
        limit 1
    )
    union all
    (
        select 'platform' as stream, occurred_at as heard_at
        from platform_event
        where %(as_of)s::date is not null and occurred_at < %(at)s and recorded_at <= %(known)s
        order by occurred_at desc
        limit 1
    )
    union all
    (
        select 'report' as stream, from_at as heard_at
        from report_history
        where %(as_of)s::date is not null and jurisdiction = '' and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'dossier' as stream, from_at as heard_at
        from dossier_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'counter' as stream, from_at as heard_at
        from counter_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'document' as stream, from_at as heard_at
        from document_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'task' as stream, from_at as heard_at
        from task_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'meeting' as stream, from_at as heard_at
        from meeting_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'indicator' as stream, from_at as heard_at
        from indicator_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'enterprise' as stream, from_at as heard_at
        from enterprise_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'tourism' as stream, from_at as heard_at
        from tourism_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'service' as stream, from_at as heard_at
        from service_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'social' as stream, from_at as heard_at
        from social_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
    union all
    (
        select 'incident' as stream, from_at as heard_at
        from incident_history
        where %(as_of)s::date is not null and from_at < %(at)s and known_from <= %(known)s
        order by from_at desc
        limit 1
    )
),

heard as (
    select stream, source, last_recorded_at as heard_at
    from source_state
    where %(as_of)s::date is null
    union all
    select n.stream, p.source, n.heard_at
    from newest as n
    inner join source_promise as p on n.stream = p.stream
),

judged as (
    select
        h.source,
        h.heard_at,
        extract(epoch from asked.at - h.heard_at)::float8 as silent_s,
        case when c.is_open and w.from_at is not null then p.expected_s else p.expected_closed_s end as promised_s,
        coalesce(c.is_laid_out, false) as is_laid_out
    from heard as h
    inner join source_promise as p on h.stream = p.stream and h.source = p.source
    cross join asked
    left join covered as c on true
    left join working_time as w on h.heard_at >= w.from_at and h.heard_at < w.to_at
)

select
    source as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    case when is_laid_out then silent_s / promised_s end as value,
    heard_at as since_at,
    jsonb_build_object('minutes', trunc(silent_s / 60)) as figures
from judged;

-- name: portals_down
-- One row per portal whose last probes, at least so many, all found it down, with the minutes since the first of them (at most a day is looked
-- back). Null = nobody has looked for so long that nothing is known. Absent = it answered.
with probe as (
    select
        subject,
        occurred_at,
        status,
        unit_code,
        max(occurred_at) filter (where status <> 'down') over (partition by subject) as up_at
    from platform_event
    where type = 'vn.ioc.platform.probe.v1' and recorded_at <= %(known)s
        and occurred_at >= %(at)s::timestamptz - interval '24 hours' and occurred_at < %(at)s
)

select
    subject as item,
    max(unit_code) as unit_code,
    '' as org_code,
    '' as site,
    case
        when max(occurred_at) >= %(at)s::timestamptz - make_interval(secs => 60 * %(stale_min)s::float8)
            then extract(epoch from %(at)s::timestamptz - min(occurred_at))::float8 / 60
    end as value,
    min(occurred_at) as since_at,
    null::jsonb as figures
from probe
where status = 'down' and (up_at is null or occurred_at > up_at)
group by subject
having count(*) >= %(probes)s;

-- name: calls_failing
-- One row per integration platform whose services told of calls: the share that failed in the last minutes (of what is told for longer, the interval
-- that holds them). Null = too few calls to say, with errors among them. Absent = no call was told.
with told as (
    select source_id, sum(calls) as calls, sum(errors) as errors
    from platform_event
    where type = 'vn.ioc.platform.api_call_stats.v1' and recorded_at <= %(known)s
        and occurred_at >= %(at)s::timestamptz - interval '24 hours' and occurred_at < %(at)s
        and occurred_at >= %(at)s::timestamptz - make_interval(secs => greatest(60 * %(minutes)s::float8, interval_s))
    group by source_id
    having sum(calls) > 0
)

select
    source_id as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    case when errors = 0 then 0 when calls >= %(calls)s then 100 * errors / calls::float8 end as value,
    null::timestamptz as since_at,
    jsonb_build_object('calls', calls, 'errors', errors) as figures
from told;

-- name: certificates_ending
-- One row per certificate that a register told of and that ends within 90 days or ended within the last so many: whole days until its end, below 0
-- after it. Absent = it ends later, was renewed, or ended so long ago that nobody will renew it.
select
    subject as item,
    unit_code,
    '' as org_code,
    '' as site,
    (expires_on - %(day)s::date)::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('expires_on', to_char(expires_on, 'DD/MM/YYYY')) as figures
from platform_history
where is_open and state = 'expiring' and expires_on <= %(day)s::date + 90 and expires_on >= %(day)s::date - %(ended_days)s::int
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: security_events
-- One row per security event that is not contained, with its severity. Absent = it is contained.
select
    subject as item,
    unit_code,
    '' as org_code,
    '' as site,
    severity::float8 as value,
    detected_at as since_at,
    null::jsonb as figures
from platform_history
where is_open and state = 'detected'
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz;

-- name: messages_refused
-- One row, where at least so many messages were refused in the last minutes: their share of all that came. What was accepted is counted by event
-- time: events of cameras, stations and systems, changes of everything else. Absent = fewer were refused.
with refused as materialized (
    select count(*) as n, mode() within group (order by topic) as topic
    from dead_letter
    where recorded_at < %(at)s and recorded_at <= %(known)s
        and recorded_at >= %(at)s::timestamptz - make_interval(secs => 60 * %(minutes)s::float8)
),

span as materialized (
    select
        %(at)s::timestamptz - make_interval(secs => 60 * %(minutes)s::float8) as begins,
        %(at)s::timestamptz as ends,
        %(known)s::timestamptz as known_at
    from refused
    where n >= %(least)s
),

accepted as (
    select count(*) as n
    from span
    inner join camera_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select count(*) as n
    from span
    inner join environment_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select count(*) as n
    from span
    inner join platform_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select count(*) as n
    from span
    inner join report_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from and h.jurisdiction = ''
    union all
    select count(*) as n
    from span
    inner join dossier_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join counter_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join document_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join task_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join meeting_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join indicator_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join enterprise_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join tourism_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join service_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join social_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select count(*) as n
    from span
    inner join incident_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
)

select
    'messages' as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    100 * refused.n / (refused.n + sum(accepted.n))::float8 as value,
    null::timestamptz as since_at,
    jsonb_build_object('refused', refused.n, 'topic', refused.topic) as figures
from refused
cross join span
cross join accepted
group by refused.n, refused.topic;

-- name: clocks_ahead
-- One row per source that told, in the last minutes, of a time later than when the centre learnt it: by how many seconds, the most. Absent = none.
-- Times more than an hour ahead are refused as they come. A clock that is behind looks like a delay and is not found.
with span as materialized (
    select
        %(at)s::timestamptz - make_interval(secs => 60 * %(minutes)s::float8) as begins,
        %(at)s::timestamptz + interval '1 hour' as ends,
        least(%(at)s::timestamptz, %(known)s::timestamptz) as known_at
),

promised as (
    select stream, min(source) as source
    from source_promise
    group by stream
),

told as (
    select 'camera' as stream, e.source, greatest(e.occurred_at, e.source_recorded_at) as told_at, e.recorded_at
    from span
    inner join camera_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select 'environment' as stream, e.source, greatest(e.occurred_at, e.source_recorded_at) as told_at, e.recorded_at
    from span
    inner join environment_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select 'platform' as stream, e.source, greatest(e.occurred_at, e.source_recorded_at) as told_at, e.recorded_at
    from span
    inner join platform_event as e on span.begins <= e.occurred_at and span.ends > e.occurred_at and span.known_at >= e.recorded_at
    union all
    select 'report' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join report_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from and h.jurisdiction = ''
    union all
    select 'dossier' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join dossier_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'counter' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join counter_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'document' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join document_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'task' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join task_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'meeting' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join meeting_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'indicator' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join indicator_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'enterprise' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join enterprise_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'tourism' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join tourism_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'service' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join service_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'social' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join social_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
    union all
    select 'incident' as stream, null as source, h.from_at as told_at, h.known_from as recorded_at
    from span
    inner join incident_history as h on span.begins <= h.from_at and span.ends > h.from_at and span.known_at >= h.known_from
)

select
    coalesce(t.source, p.source, t.stream) as item,
    '' as unit_code,
    '' as org_code,
    '' as site,
    extract(epoch from max(t.told_at - t.recorded_at))::float8 as value,
    null::timestamptz as since_at,
    null::jsonb as figures
from told as t
left join promised as p on t.stream = p.stream
where t.told_at > t.recorded_at
group by coalesce(t.source, p.source, t.stream);
