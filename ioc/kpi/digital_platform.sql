-- name: freshness
-- One row: sources that promised and, of them, those heard within three times the promise. In working time, heard in working time, the
-- closer promise holds, else the looser (as the wall's freshness). Absent = no promises are stored, or no working times of the moment.
with asked as (
    select least(%(at)s::timestamptz, %(known)s::timestamptz) as at
),

covered as (
    select asked.at, bool_or(w.from_at <= asked.at and w.to_at > asked.at) as is_open
    from asked
    inner join working_time as w on asked.at - interval '30 days' < w.from_at and asked.at + interval '30 days' > w.from_at
    group by asked.at
    having min(w.from_at) <= asked.at and max(w.to_at) > asked.at
),

judged as (
    select
        h.heard_at is not null
        and c.at < h.heard_at
        + interval '3 seconds' * case when c.is_open and w.from_at is not null then p.expected_s else p.expected_closed_s end as fresh
    from source_promise as p
    cross join covered as c
    left join sources_heard(%(at)s, %(known)s, %(as_of)s::date is null) as h on p.stream = h.stream and p.source = h.source
    left join working_time as w on h.heard_at >= w.from_at and h.heard_at < w.to_at
)

select '' as unit_code, '' as org_code, count(*) as promised, count(*) filter (where fresh) as fresh
from judged
having count(*) > 0;

-- name: calls
-- One row: what services told of their calls in the period. Absent = no service told.
select
    null as unit_code,
    null as org_code,
    sum(calls) as calls,
    sum(errors) as errors,
    max(p95_max_ms) as p95_max_ms
from platform_hours(%(since)s, %(until)s, %(known)s, %(time_machine)s)
where calls is not null
having count(*) > 0;

-- name: probes
-- One row: probes of portals in the period and those answered. Absent = none was made.
select '' as unit_code, '' as org_code, sum(probes) as probes, sum(successes) as successes
from platform_hours(%(since)s, %(until)s, %(known)s, %(time_machine)s)
having sum(probes) > 0;

-- name: source_rejects
-- One row: records that sources said they could not send in the period; `reports`: what systems told of themselves at all, so that silence
-- is no 0. Absent = no system told anything.
select null as unit_code, null as org_code, sum(rejected) as rejected, sum(heartbeats + rejected) as reports
from platform_hours(%(since)s, %(until)s, %(known)s, %(time_machine)s)
having sum(heartbeats + rejected) > 0;

-- name: registered
-- One row per unit and one (unit_code null) for the province: what was last typed in of accounts, certificates and devices, up to the moment
-- and as known then; the newest period that has begun holds. `flags`: what is said
-- against the figures. Null = not told.
with told as (
    select distinct on (unit_code, indicator_id)
        unit_code,
        indicator_id,
        value,
        published_value,
        extract(year from last_day) as year,
        published_differs,
        manual
    from indicators_at(%(at)s, %(known)s, %(province)s)
    where indicator_id in ('mailboxes', 'digital_certificates', 'signature_devices')
        and org_code = '' and state = 'observed' and first_day <= %(day)s
    order by unit_code, indicator_id, last_day desc, first_day desc
)

select
    nullif(unit_code, '') as unit_code,
    null as org_code,
    max(value) filter (where indicator_id = 'mailboxes') as mailboxes,
    max(published_value) filter (where indicator_id = 'mailboxes') as mailboxes_published,
    max(year) filter (where indicator_id = 'mailboxes') as mailboxes_year,
    max(value) filter (where indicator_id = 'digital_certificates') as digital_certificates,
    max(published_value) filter (where indicator_id = 'digital_certificates') as digital_certificates_published,
    max(year) filter (where indicator_id = 'digital_certificates') as digital_certificates_year,
    max(value) filter (where indicator_id = 'signature_devices') as signature_devices,
    max(published_value) filter (where indicator_id = 'signature_devices') as signature_devices_published,
    max(year) filter (where indicator_id = 'signature_devices') as signature_devices_year,
    concat_ws(' ', case when bool_or(published_differs) then 'published_differs' end, case when bool_or(manual) then 'manual' end) as flags
from told
group by unit_code;

-- name: certificates
-- One row per unit with certificates that a register told of and that end within 30 days of the moment's day, or have ended. Absent = none.
select
    unit_code,
    '' as org_code,
    count(*) filter (where expires_on >= %(day)s) as expiring_30,
    count(*) filter (where expires_on >= %(day)s and expires_on <= %(day)s::date + 7) as expiring_7,
    count(*) filter (where expires_on < %(day)s) as expired
from platform_history
where is_open and state = 'expiring' and expires_on <= %(day)s::date + 30
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: security
-- One row per unit with security events detected or contained in the period. Absent = none.
select
    unit_code,
    '' as org_code,
    coalesce(sum(detected) filter (where severity = '1'), 0) as severity_1,
    coalesce(sum(detected) filter (where severity = '2'), 0) as severity_2,
    coalesce(sum(detected) filter (where severity = '3'), 0) as severity_3,
    coalesce(sum(detected) filter (where severity = '4'), 0) as severity_4,
    coalesce(sum(detected) filter (where severity = ''), 0) as unrated,
    sum(contained) as contained,
    sum(contain_s) as contain_s
from platform_counts(%(since_day)s, %(until_day)s, %(at)s, %(known)s, %(base_day)s, %(from_history)s)
group by unit_code;

-- name: insecure
-- One row per unit with security events not contained at the moment. Absent = none.
select unit_code, '' as org_code, count(*) as open, count(*) filter (where severity >= 3) as open_high
from platform_history
where is_open and state = 'detected'
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: intake
-- One row: events of the 24 hours before the moment, and messages refused in them. Absent = nothing came at all.
with refused as (
    select count(*) as rejected
    from dead_letter
    where recorded_at >= %(at)s::timestamptz - interval '24 hours' and recorded_at < %(at)s and recorded_at <= %(known)s
),

took as (
    select coalesce(sum(accepted), 0) as accepted
    from intake_health(%(at)s, %(known)s)
)

select '' as unit_code, '' as org_code, took.accepted, refused.rejected
from refused
cross join took
where took.accepted + refused.rejected > 0;

-- name: delay
-- One row: how long 95 of 100 events that came in the last hour had been on their way. Absent = none came.
select null as unit_code, null as org_code, arrived, delay_p95_s
from intake_health(%(at)s, %(known)s)
where arrived > 0;

-- name: alerts
-- One row per unit with open alerts about the data themselves at the moment. Absent = none.
select unit_code, '' as org_code, count(*) as open
from alert_history
where is_open and rule_id in ('DP-01', 'DP-06', 'DP-07', 'OS-10', 'OS-11', 'EN-06')
    and span_of(from_at, to_at, known_from, known_to) @> moment_of(%(instant)s::timestamptz, %(known)s::timestamptz)
    and from_at <= %(instant)s::timestamptz and to_at > %(instant)s::timestamptz
    and known_from <= %(known)s::timestamptz and known_to > %(known)s::timestamptz
group by unit_code;

-- name: lag
-- One row: events that the readers of Kafka had still before them, by the newest word of each in 15 minutes. Absent = no reader told.
with newest as (
    select distinct on (subject) value
    from platform_event
    where type = 'vn.ioc.platform.consumer_lag.v1' and recorded_at <= %(known)s
        and occurred_at >= %(at)s::timestamptz - interval '15 minutes' and occurred_at < %(at)s
    order by subject, occurred_at desc, event_id desc
)

select null as unit_code, null as org_code, count(*) as readers, sum(value) as lag
from newest
having count(*) > 0;

-- name: dead_letters
-- One row: messages refused in the period, as known then. Absent = none.
select '' as unit_code, '' as org_code, count(*) as recorded
from dead_letter
where recorded_at >= %(since)s and recorded_at < %(until)s and recorded_at <= %(known)s
having count(*) > 0;

-- name: letters_open
-- One row: messages refused and not sent again by the moment. Absent = none.
select '' as unit_code, '' as org_code, count(*) as open
from dead_letter
where recorded_at < %(at)s and recorded_at <= %(known)s
    and (replayed_at is null or replayed_at >= %(at)s or replayed_at > %(known)s)
having count(*) > 0;
