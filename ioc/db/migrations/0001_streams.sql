-- The ground under every stream: identities, positions, dead letters, gaps, sources; then the streams' own tables.

create table database_mark (
    kind text not null check (kind in ('exercise', 'real')),
    born_at timestamptz not null default now()
);

-- One row per event ever accepted. The primary key is what makes an event stand once: a unique index on a
-- hypertable would need the time in it and let one identity stand at two times (docs/why.md).
create table event_identity (
    identity uuid primary key,
    digest uuid not null
);

-- How far the sink has come, per partition, written in the batch's own transaction.
create table sink_position (
    topic text not null,
    partition int not null,
    next_offset bigint not null,
    moved_at timestamptz not null,
    primary key (topic, partition)
);

-- Offsets that were never read because the broker no longer had them. Never filled again: a gap is shown until a person closes it.
create table stream_gap (
    gap_id bigint generated always as identity primary key,
    topic text not null,
    partition int not null,
    from_offset bigint not null,
    to_offset bigint not null,
    found_at timestamptz not null,
    closed_at timestamptz,
    closed_note text
);
create unique index stream_gap_once on stream_gap (topic, partition, from_offset, to_offset) where closed_at is null;

-- Partitions that the sink reads no further because more than half of their last 1,000 messages were bad.
create table partition_pause (
    topic text not null,
    partition int not null,
    at_offset bigint not null,
    reason text not null,
    paused_at timestamptz not null,
    resumed_at timestamptz
);
create unique index partition_pause_open on partition_pause (topic, partition) where resumed_at is null;

create table dead_letter (
    letter_id bigint generated always as identity primary key,
    topic text not null,
    partition int not null,
    message_offset bigint not null,
    message_timestamp_ms bigint not null,
    digest uuid not null,
    key bytea,
    headers jsonb not null,
    value bytea,
    reason text not null,
    detail text not null,
    recorded_at timestamptz not null,
    published_at timestamptz,
    replayed_at timestamptz,
    unique (topic, partition, message_offset, message_timestamp_ms, digest)
);
create index dead_letter_unpublished on dead_letter (letter_id) where published_at is null;

-- Transitions that the life cycle forbids, judged again at each fold; known_to is when a later predecessor cleared it.
create table irregularity (
    stream text not null,
    subject text not null,
    identity uuid not null,
    occurred_at timestamptz not null,
    reason text not null,
    known_from timestamptz not null,
    known_to timestamptz not null default 'infinity'
);
create index irregularity_subject on irregularity (stream, subject) where known_to = 'infinity';

-- When each source was last heard; `last_occurred_at` is the newest event time, `last_recorded_at` when the centre learnt it.
create table source_state (
    stream text not null,
    source text not null,
    events bigint not null,
    repeats bigint not null,
    simulated bool not null,
    last_occurred_at timestamptz not null,
    last_recorded_at timestamptz not null,
    primary key (stream, source)
);

-- Hours of a stream's aggregates that must be computed again because late rows came below the watermark.
create table late_range (
    stream text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    recorded_at timestamptz not null
);

create table dossier_event (
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
    procedure_code text,
    sector_code text,
    channel text,
    due_at timestamptz,
    new_due_at timestamptz,
    step_no smallint,
    to_org text,
    reason_code text,
    late_cause text,
    delivered_at timestamptz,
    rating smallint,
    amount_vnd bigint
);
-- ioc:hypertable dossier_event occurred_at 7 days
create index dossier_event_subject on dossier_event (subject, occurred_at);
-- ioc:compress dossier_event subject,occurred_at

create table dossier_state (
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
    procedure_code text,
    sector_code text,
    channel text not null,
    submitted_at timestamptz,
    received_at timestamptz,
    first_due_at timestamptz,
    due_at timestamptz,
    step_no smallint,
    finished_at timestamptz,
    delivered_at timestamptz,
    returned_at timestamptz,
    ended_at timestamptz,
    outcome text,
    late_cause text,
    extension_count int not null,
    supplement_count int not null,
    apology_at timestamptz,
    rating smallint
) with (fillfactor = 80);
create index dossier_state_open on dossier_state (due_at, unit_code)
    where state in ('received', 'processing', 'awaiting_supplement', 'awaiting_payment', 'suspended');

-- One row per interval of a dossier, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table dossier_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    org_code text not null,
    channel text not null,
    received_at timestamptz,
    due_at timestamptz,
    finished_at timestamptz,
    delivered_at timestamptz,
    outcome text
);
create index dossier_history_subject on dossier_history (subject) where known_to = 'infinity';
create index dossier_history_open on dossier_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index dossier_history_from on dossier_history (from_at);

create table dossier_daily (
    day date not null,
    unit_code text not null,
    org_code text not null,
    channel text not null,
    submitted int not null default 0,
    received int not null default 0,
    resolved int not null default 0,
    early int not null default 0,
    on_time int not null default 0,
    late int not null default 0,
    really_late int not null default 0,
    delivery_unknown int not null default 0,
    refused int not null default 0,
    withdrawn int not null default 0,
    withdrawn_unreceived int not null default 0,
    stopped int not null default 0,
    primary key (day, unit_code, org_code, channel)
) with (fillfactor = 70);

create table report_event (
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
    jurisdiction text not null,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    source_recorded_at timestamptz,
    category text,
    channel text,
    lon_deg double precision,
    lat_deg double precision,
    accuracy_m double precision,
    address text,
    priority smallint,
    due_at timestamptz,
    to_org text,
    actor_role text,
    reason_code text,
    parent_id text,
    note text,
    rating smallint
);
-- ioc:hypertable report_event occurred_at 7 days
create index report_event_subject on report_event (subject, occurred_at);
-- ioc:compress report_event subject,occurred_at

create table report_state (
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
    jurisdiction text not null,
    org_code text not null,
    unit_code text not null,
    unit_valid_on date,
    category text not null,
    channel text not null,
    lon_deg double precision,
    lat_deg double precision,
    priority smallint,
    submitted_at timestamptz,
    triaged_at timestamptz,
    due_at timestamptz,
    resolved_at timestamptz,
    ended_at timestamptz,
    ended_as text,
    outcome text,
    rating smallint,
    parent_id text,
    note_count int not null,
    returned_count int not null,
    reopened_count int not null
) with (fillfactor = 80);
create index report_state_open on report_state (jurisdiction, priority, due_at)
    where state in ('submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused');

-- One row per interval of a report, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table report_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    jurisdiction text not null,
    unit_code text not null,
    org_code text not null,
    category text not null,
    lon_deg double precision,
    lat_deg double precision,
    priority smallint,
    submitted_at timestamptz,
    triaged_at timestamptz,
    due_at timestamptz,
    resolved_at timestamptz,
    outcome text,
    rating smallint
);
create index report_history_subject on report_history (subject) where known_to = 'infinity';
create index report_history_open on report_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index report_history_from on report_history (jurisdiction, from_at);

create table report_daily (
    day date not null,
    jurisdiction text not null,
    unit_code text not null,
    category text not null,
    channel text not null,
    submitted int not null default 0,
    resolved int not null default 0,
    on_time int not null default 0,
    late int not null default 0,
    rejected int not null default 0,
    merged int not null default 0,
    referred int not null default 0,
    reopened int not null default 0,
    rated int not null default 0,
    satisfied int not null default 0,
    primary key (day, jurisdiction, unit_code, category, channel)
) with (fillfactor = 70);

create table camera_event (
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
    unit_code text not null,
    unit_valid_on date not null,
    source_recorded_at timestamptz,
    point_id text,
    online bool,
    fps double precision,
    latency_ms int,
    waiting int,
    staff_present int,
    confidence_ratio double precision,
    direction text,
    vehicles int,
    people int,
    interval_s int,
    mean_speed_kmh double precision,
    kind text,
    media_ref text
);
-- ioc:hypertable camera_event occurred_at 7 days
create index camera_event_time on camera_event (occurred_at desc);
create index camera_event_subject on camera_event (subject, occurred_at);
-- ioc:compress camera_event subject,occurred_at

create table camera_state (
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
    unit_code text not null,
    unit_valid_on date,
    point_id text,
    seen_at timestamptz,
    seen_id text not null,
    online bool,
    status_at timestamptz,
    status_id text not null,
    waiting int,
    staff_present int,
    occupancy_at timestamptz,
    occupancy_id text not null,
    vehicles int,
    count_at timestamptz,
    count_id text not null
) with (fillfactor = 70);

-- One row per camera and hour: sums and counts, so that any average can be made of them. Absent hour = nothing was heard.
-- ioc:aggregate camera_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    subject as camera_id,
    unit_code,
    count(online) as status_n,
    count(*) filter (where online) as online_n,
    count(waiting) as occupancy_n,
    sum(waiting) as waiting_sum,
    max(waiting) as waiting_max,
    count(*) filter (where staff_present > 0) as staffed_n,
    sum(vehicles) as vehicles_sum
from camera_event
group by 1, 2, 3;

-- Snapshots ready to send, one per panel, variant and language; emptied by a crash, filled again by `ioc live` under a new epoch.
create unlogged table live_panel (
    panel text not null,
    language text not null,
    epoch text not null,
    frame bigint not null,
    built_at timestamptz not null,
    body bytea not null,
    primary key (panel, language)
);
create unlogged table live_tick (
    only_row bool primary key default true check (only_row),
    epoch text not null,
    ticked_at timestamptz not null
);

-- What each screen says it has painted.
create unlogged table screen_heartbeat (
    screen text primary key,
    heard_at timestamptz not null,
    body jsonb not null
);
