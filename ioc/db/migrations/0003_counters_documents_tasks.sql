-- Counters of the one-stop points, documents between agencies, tasks given to them, online conferences.

create table counter_event (
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
    point_id text,
    counter_no text,
    ticket_no text,
    service_group text,
    rating smallint
);
-- ioc:hypertable counter_event occurred_at 7 days
create index counter_event_subject on counter_event (subject, occurred_at);
-- ioc:compress counter_event subject,occurred_at

create table counter_state (
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
    point_id text not null,
    counter_no text not null,
    ticket_no text not null,
    service_group text not null,
    taken_at timestamptz,
    called_at timestamptz,
    last_called_at timestamptz,
    call_count int not null,
    started_at timestamptz,
    ended_at timestamptz,
    abandoned_at timestamptz,
    rated_at timestamptz,
    rating smallint,
    first_opened_at timestamptz,
    opened_at timestamptz,
    closed_at timestamptz,
    open_s int not null
) with (fillfactor = 80);
create index counter_state_open on counter_state (state, first_at, point_id)
    where state in ('waiting', 'called', 'serving', 'open');

-- One row per interval of a ticket or desk-day, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table counter_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    point_id text not null,
    counter_no text not null,
    service_group text not null,
    taken_at timestamptz,
    called_at timestamptz,
    opened_at timestamptz
);
create index counter_history_subject on counter_history (subject) where known_to = 'infinity';
create index counter_history_open on counter_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index counter_history_from on counter_history (from_at);

create table counter_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    point_id text not null,
    hour text not null,
    taken int not null default 0,
    called int not null default 0,
    waited int not null default 0,
    wait_s bigint not null default 0,
    over_15_min int not null default 0,
    over_30_min int not null default 0,
    served int not null default 0,
    service_s bigint not null default 0,
    abandoned int not null default 0,
    rated int not null default 0,
    satisfied int not null default 0,
    dissatisfied int not null default 0,
    desks int not null default 0,
    open_s bigint not null default 0,
    primary key (day, as_of_day, unit_code, point_id, hour)
) with (fillfactor = 70);

create table document_event (
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
    number text,
    symbol text,
    issued_on date,
    kind text,
    urgency text,
    level text,
    from_org text,
    to_org text,
    edxml_state text,
    signed bool,
    electronic bool,
    due_at timestamptz,
    reason_code text
);
-- ioc:hypertable document_event occurred_at 7 days
create index document_event_subject on document_event (subject, occurred_at);
-- ioc:compress document_event subject,occurred_at

create table document_state (
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
    from_org text not null,
    from_unit text not null,
    to_org text not null,
    unit_code text not null,
    unit_valid_on date,
    number text,
    symbol text,
    issued_on date,
    kind text,
    urgency text not null,
    level text not null,
    signed bool,
    electronic bool,
    sent_at timestamptz,
    arrived_at timestamptz,
    last_arrived_at timestamptz,
    register_due_at timestamptz,
    registered_at timestamptz,
    register_outcome text,
    refused_at timestamptz,
    due_at timestamptz,
    finished_at timestamptz,
    finished_online bool,
    outcome text,
    recall_asked_at timestamptz,
    recalled_at timestamptz
) with (fillfactor = 80);
create index document_state_open on document_state (state, register_due_at, to_org)
    where state in ('arrived', 'accepted', 'assigned', 'processing');

-- One row per interval of a document or copy, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table document_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    to_org text not null,
    urgency text not null,
    level text not null,
    arrived_at timestamptz,
    register_due_at timestamptz,
    registered_at timestamptz,
    due_at timestamptz,
    finished_at timestamptz,
    outcome text
);
create index document_history_subject on document_history (subject) where known_to = 'infinity';
create index document_history_open on document_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index document_history_from on document_history (from_at);

create table document_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    org_code text not null,
    direction text not null,
    urgency text not null,
    level text not null,
    sent int not null default 0,
    sent_signed int not null default 0,
    arrived int not null default 0,
    registered_on_time int not null default 0,
    registered_late int not null default 0,
    refused int not null default 0,
    finished int not null default 0,
    on_time int not null default 0,
    late int not null default 0,
    finished_online int not null default 0,
    finished_paper int not null default 0,
    finish_s bigint not null default 0,
    recalled int not null default 0,
    primary key (day, as_of_day, unit_code, org_code, direction, urgency, level)
) with (fillfactor = 70);

create table task_event (
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
    source_document text,
    owner_org text,
    due_at timestamptz,
    new_due_at timestamptz,
    progress_pct smallint,
    result_code text,
    reason_code text
);
-- ioc:hypertable task_event occurred_at 7 days
create index task_event_subject on task_event (subject, occurred_at);
-- ioc:compress task_event subject,occurred_at

create table task_state (
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
    owner_org text not null,
    unit_code text not null,
    unit_valid_on date,
    source_document text,
    assigned_at timestamptz,
    acknowledge_due_at timestamptz,
    acknowledged_at timestamptz,
    first_due_at timestamptz,
    due_at timestamptz,
    progress_pct smallint,
    reported_at timestamptz,
    extended_at timestamptz,
    extension_count int not null,
    returned_at timestamptz,
    returned_by text not null,
    returned_unit text not null,
    completed_at timestamptz,
    result_code text,
    outcome text,
    first_outcome text,
    cancelled_at timestamptz,
    reopened_at timestamptz,
    reopened_count int not null
) with (fillfactor = 80);
create index task_state_open on task_state (due_at, owner_org)
    where state in ('assigned', 'acknowledged', 'in_progress', 'returned');

-- One row per interval of a task, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table task_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    owner_org text not null,
    source_document text,
    assigned_at timestamptz,
    acknowledge_due_at timestamptz,
    acknowledged_at timestamptz,
    due_at timestamptz,
    progress_pct smallint,
    completed_at timestamptz,
    outcome text
);
create index task_history_subject on task_history (subject) where known_to = 'infinity';
create index task_history_open on task_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index task_history_from on task_history (from_at);

create table task_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    owner_org text not null,
    assigned int not null default 0,
    acknowledged int not null default 0,
    acknowledged_late int not null default 0,
    completed int not null default 0,
    on_time int not null default 0,
    late int not null default 0,
    first_on_time int not null default 0,
    complete_s bigint not null default 0,
    extended int not null default 0,
    returned int not null default 0,
    cancelled int not null default 0,
    reopened int not null default 0,
    primary key (day, as_of_day, unit_code, owner_org)
) with (fillfactor = 70);

create table meeting_event (
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
    meeting_id text,
    point_id text,
    level text,
    started_at timestamptz,
    reason_code text
);
-- ioc:hypertable meeting_event occurred_at 7 days
create index meeting_event_subject on meeting_event (subject, occurred_at);
-- ioc:compress meeting_event subject,occurred_at

create table meeting_state (
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
    meeting_id text not null,
    point_id text not null,
    level text not null,
    started_at timestamptz,
    invited_at timestamptz,
    joined_at timestamptz,
    since_joined_at timestamptz,
    lost_at timestamptz,
    ended_at timestamptz,
    connected_s int not null,
    lost_s int not null,
    loss_count int not null,
    long_loss_count int not null,
    last_reason_code text
) with (fillfactor = 80);
create index meeting_state_open on meeting_state (meeting_id, state)
    where state in ('invited', 'running', 'joined', 'lost');

-- One row per interval of a session or conference point, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
create table meeting_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    meeting_id text not null,
    point_id text not null,
    level text not null,
    started_at timestamptz,
    joined_at timestamptz,
    lost_at timestamptz
);
create index meeting_history_subject on meeting_history (subject) where known_to = 'infinity';
create index meeting_history_open on meeting_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index meeting_history_from on meeting_history (from_at);

create table meeting_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    level text not null,
    sessions int not null default 0,
    session_s bigint not null default 0,
    invited int not null default 0,
    joined int not null default 0,
    absent int not null default 0,
    losses int not null default 0,
    long_losses int not null default 0,
    lost_s bigint not null default 0,
    connected_s bigint not null default 0,
    primary key (day, as_of_day, unit_code, level)
) with (fillfactor = 70);
