-- The environment, incidents, alerts and the platform: events, states, histories, daily counts and hourly sums.

create table environment_event (
    identity uuid not null,
    source text not null,
    event_id text not null,
    type text not null,
    subject text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    sequence text not null,
    simulated bool not null,
    payload jsonb,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    source_recorded_at timestamptz,
    station_id text,
    property text,
    unit text,
    value double precision,
    quality text,
    valid_at timestamptz,
    value_low double precision,
    value_high double precision,
    sluice_id text,
    open_pct double precision,
    limit_gl double precision,
    identifier text,
    reference text,
    msg_type text,
    status text,
    risk_level smallint,
    phenomenon text,
    issuer text,
    effective_at timestamptz,
    expires_at timestamptz,
    area text,
    area_units text
);
-- ioc:hypertable environment_event occurred_at 7 days
create index environment_event_time on environment_event (occurred_at desc);
create index environment_event_subject on environment_event (subject, occurred_at);
-- ioc:compress environment_event subject,occurred_at

create table environment_state (
    subject text primary key,
    state text not null,
    version bigint not null,
    first_at timestamptz not null,
    since_at timestamptz,
    last_at timestamptz,
    last_sequence text not null,
    last_rank smallint not null,
    last_source text not null,
    last_id text not null,
    simulated bool not null,
    recorded_at timestamptz not null,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    station_id text,
    property text,
    unit text,
    sluice_id text,
    seen_at timestamptz,
    seen_by text not null,
    value double precision,
    quality text,
    observation_at timestamptz,
    observation_by text not null,
    valid_at timestamptz,
    value_low double precision,
    value_high double precision,
    forecast_at timestamptz,
    forecast_by text not null,
    open_pct double precision,
    limit_gl double precision,
    sluice_at timestamptz,
    sluice_by text not null,
    identifier text,
    msg_type text,
    status text,
    risk_level smallint,
    phenomenon text,
    issuer text,
    effective_at timestamptz,
    expires_at timestamptz,
    area text,
    area_units text,
    bulletin_at timestamptz,
    bulletin_by text not null
) with (fillfactor = 70);

-- One row per station, property and hour: least, greatest and sum of the readings with a value; good and suspect ones stand apart.
-- Absent hour = no such reading. A local day is 24 of them.
-- ioc:aggregate environment_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    station_id,
    property,
    unit,
    unit_code,
    quality,
    count(value) as value_n,
    sum(value) as value_sum,
    min(value) as value_min,
    max(value) as value_max
from environment_event
where type = 'vn.ioc.environment.observation.v1' and quality in ('good', 'suspect')
group by 1, 2, 3, 4, 5, 6;

create table incident_event (
    identity uuid not null,
    source text not null,
    event_id text not null,
    type text not null,
    subject text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    sequence text not null,
    simulated bool not null,
    payload jsonb,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date not null,
    source_recorded_at timestamptz,
    kind text,
    line text,
    severity smallint,
    lon_deg double precision,
    lat_deg double precision,
    dead int,
    injured int,
    agencies text,
    reason_code text
);
-- ioc:hypertable incident_event occurred_at 7 days
create index incident_event_subject on incident_event (subject, occurred_at);
-- ioc:compress incident_event subject,occurred_at

create table incident_state (
    subject text primary key,
    state text not null,
    version bigint not null,
    first_at timestamptz not null,
    since_at timestamptz,
    last_at timestamptz,
    last_sequence text not null,
    last_rank smallint not null,
    last_source text not null,
    last_id text not null,
    simulated bool not null,
    recorded_at timestamptz not null,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    kind text not null,
    line text,
    severity smallint,
    lon_deg double precision,
    lat_deg double precision,
    dead int,
    injured int,
    agencies text,
    reason_code text,
    reported_at timestamptz,
    dispatched_at timestamptz,
    dispatch_s int,
    arrived_at timestamptz,
    arrive_s int,
    ended_at timestamptz
) with (fillfactor = 80);
create index incident_state_open on incident_state (unit_code, reported_at)
    where state in ('reported', 'dispatched', 'arrived');
create index incident_state_reported on incident_state (reported_at);

-- One row per interval of an incident, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table incident_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    kind text not null,
    severity smallint,
    lon_deg double precision,
    lat_deg double precision,
    dead int,
    injured int,
    reported_at timestamptz,
    dispatched_at timestamptz,
    arrived_at timestamptz,
    ended_at timestamptz
);
create index incident_history_subject on incident_history (subject) where known_to = 'infinity';
create index incident_history_open on incident_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index incident_history_from on incident_history (from_at);

create table incident_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    kind text not null,
    reported int not null default 0,
    dispatched int not null default 0,
    dispatch_s bigint not null default 0,
    arrived int not null default 0,
    arrive_s bigint not null default 0,
    cleared int not null default 0,
    cancelled int not null default 0,
    dead int not null default 0,
    injured int not null default 0,
    primary key (day, as_of_day, unit_code, kind)
) with (fillfactor = 70);

create table alert_event (
    identity uuid not null,
    source text not null,
    event_id text not null,
    type text not null,
    subject text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    sequence text not null,
    simulated bool not null,
    payload jsonb,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    source_recorded_at timestamptz,
    rule_id text,
    severity smallint,
    dedup_key text,
    subject_ref text,
    value double precision,
    threshold double precision,
    basis text,
    takeover bool,
    owner_org text,
    actor_role text,
    told_role text,
    reason_code text,
    until_at timestamptz
);
-- ioc:hypertable alert_event occurred_at 7 days
create index alert_event_subject on alert_event (subject, occurred_at);
-- ioc:compress alert_event subject,occurred_at

create table alert_state (
    subject text primary key,
    state text not null,
    version bigint not null,
    first_at timestamptz not null,
    since_at timestamptz,
    last_at timestamptz,
    last_sequence text not null,
    last_rank smallint not null,
    last_source text not null,
    last_id text not null,
    simulated bool not null,
    recorded_at timestamptz not null,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    rule_id text not null,
    severity smallint,
    dedup_key text not null,
    subject_ref text,
    value double precision,
    threshold double precision,
    basis text,
    takeover bool not null,
    owner_org text,
    told_role text,
    reason_code text,
    until_at timestamptz,
    raised_at timestamptz,
    acknowledged_at timestamptz,
    ack_s int,
    assigned_at timestamptz,
    escalated_at timestamptz,
    escalation_count int not null,
    resolved_at timestamptz,
    resolve_s int,
    resolved_alone bool not null,
    closed_at timestamptz,
    reopened_count int not null,
    acted bool not null
) with (fillfactor = 80);
create index alert_state_open on alert_state (severity, unit_code, raised_at)
    where state in ('raised', 'acknowledged', 'assigned', 'suppressed');
create index alert_state_dedup on alert_state (dedup_key)
    where state in ('raised', 'acknowledged', 'assigned', 'suppressed');

-- One row per interval of an alert, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table alert_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    rule_id text not null,
    severity smallint,
    org_code text not null,
    unit_code text not null,
    dedup_key text not null,
    subject_ref text,
    value double precision,
    takeover bool not null,
    owner_org text,
    until_at timestamptz,
    escalation_count int not null,
    raised_at timestamptz,
    acknowledged_at timestamptz,
    resolved_at timestamptz
);
create index alert_history_subject on alert_history (subject) where known_to = 'infinity';
create index alert_history_open on alert_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index alert_history_from on alert_history (from_at);

create table alert_daily (
    day date not null,
    as_of_day date not null,
    rule_id text not null,
    severity text not null,
    unit_code text not null,
    raised int not null default 0,
    escalated int not null default 0,
    reopened int not null default 0,
    acknowledged int not null default 0,
    ack_s bigint not null default 0,
    resolved int not null default 0,
    resolved_alone int not null default 0,
    resolve_s bigint not null default 0,
    primary key (day, as_of_day, rule_id, severity, unit_code)
) with (fillfactor = 70);

create table platform_event (
    identity uuid not null,
    source text not null,
    event_id text not null,
    type text not null,
    subject text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    sequence text not null,
    simulated bool not null,
    payload jsonb,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    source_recorded_at timestamptz,
    source_id text,
    status text,
    latency_ms int,
    service text,
    calls int,
    errors int,
    p95_ms int,
    interval_s int,
    expires_on date,
    holder_kind text,
    severity smallint,
    reason text,
    dossier_code text,
    day date,
    measure text,
    value int
);
-- ioc:hypertable platform_event occurred_at 7 days
create index platform_event_time on platform_event (occurred_at desc);
create index platform_event_subject on platform_event (subject, occurred_at);
-- ioc:compress platform_event subject,occurred_at

create table platform_state (
    subject text primary key,
    state text not null,
    version bigint not null,
    first_at timestamptz not null,
    since_at timestamptz,
    last_at timestamptz,
    last_sequence text not null,
    last_rank smallint not null,
    last_source text not null,
    last_id text not null,
    simulated bool not null,
    recorded_at timestamptz not null,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    source_id text not null,
    expires_on date,
    holder_kind text,
    severity smallint,
    reason text,
    detected_at timestamptz,
    contained_at timestamptz,
    contain_s int,
    dossier_code text,
    acknowledged_at timestamptz,
    failed_at timestamptz,
    failure_count int not null,
    day date,
    measure text,
    value int,
    told_at timestamptz
) with (fillfactor = 80);
create index platform_state_open on platform_state (source_id, expires_on)
    where state in ('expiring', 'detected', 'unsynced');
create index platform_state_day on platform_state (day, source_id) where day is not null;

-- One row per interval of a certificate, security event, synchronisation or control total, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table platform_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    source_id text not null,
    unit_code text not null,
    severity smallint,
    expires_on date,
    holder_kind text,
    detected_at timestamptz,
    contained_at timestamptz,
    day date,
    measure text,
    value int
);
create index platform_history_subject on platform_history (subject) where known_to = 'infinity';
create index platform_history_open on platform_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index platform_history_from on platform_history (from_at);
create index platform_history_day on platform_history (day, source_id) where day is not null;

create table platform_daily (
    day date not null,
    as_of_day date not null,
    source_id text not null,
    unit_code text not null,
    severity text not null,
    acknowledged int not null default 0,
    failed int not null default 0,
    detected int not null default 0,
    contained int not null default 0,
    contain_s bigint not null default 0,
    primary key (day, as_of_day, source_id, unit_code, severity)
) with (fillfactor = 70);

-- One row per watched thing, service and hour. A probe succeeds unless it says 'down'. Absent hour = nothing was heard.
-- ioc:aggregate platform_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    subject,
    source_id,
    service,
    count(*) filter (where type = 'vn.ioc.platform.heartbeat.v1') as heartbeats,
    count(*) filter (where type = 'vn.ioc.platform.probe.v1') as probes,
    count(*) filter (where type = 'vn.ioc.platform.probe.v1' and status <> 'down') as successes,
    count(latency_ms) as latency_n,
    sum(latency_ms) as latency_sum_ms,
    max(latency_ms) as latency_max_ms,
    sum(calls) as calls,
    sum(errors) as errors,
    max(p95_ms) as p95_max_ms,
    count(*) filter (where type = 'vn.ioc.platform.event_rejected.v1') as rejected
from platform_event
where type in (
    'vn.ioc.platform.heartbeat.v1', 'vn.ioc.platform.probe.v1', 'vn.ioc.platform.api_call_stats.v1', 'vn.ioc.platform.event_rejected.v1'
)
group by 1, 2, 3, 4;
