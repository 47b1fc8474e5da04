-- Indicators, enterprises, tourism, the catalogue of services and the social services.
-- Counts of a day are sums over as_of_day; see 0002.

-- Indicators: one event per observation or target of a subject and period.
create table indicator_event (
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
    indicator_id text not null,
    period text not null,
    value double precision,
    numerator double precision,
    denominator double precision,
    unit text,
    rank int,
    out_of int,
    published_value double precision,
    source_text text,
    legal_basis text,
    manual bool not null,
    approved_on date,
    target double precision,
    note text
);
-- ioc:hypertable indicator_event occurred_at 7 days
create index indicator_event_subject on indicator_event (subject, occurred_at);
-- ioc:compress indicator_event subject,occurred_at

create table indicator_state (
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
    indicator_id text not null,
    period text not null,
    grain text not null,
    first_day date,
    last_day date,
    value double precision,
    numerator double precision,
    denominator double precision,
    unit text,
    rank int,
    out_of int,
    published_value double precision,
    quality_flag text,
    source_text text,
    legal_basis text,
    manual bool not null,
    approved_on date,
    note text,
    observed_at timestamptz,
    revised_at timestamptz,
    revisions int not null,
    target double precision,
    target_basis text,
    target_set_at timestamptz
) with (fillfactor = 80);
create index indicator_state_open on indicator_state (last_day, indicator_id) where state = 'targeted';
create index indicator_state_series on indicator_state (indicator_id, last_day);

-- One row per interval in which the same was known of an indicator, [from_at, to_at) in event time, [known_from, known_to) in recorded time.
-- Open = aimed at, not yet observed.
create table indicator_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    org_code text not null,
    unit_code text not null,
    indicator_id text not null,
    period text not null,
    grain text not null,
    first_day date,
    last_day date,
    value double precision,
    numerator double precision,
    denominator double precision,
    unit text,
    rank int,
    out_of int,
    published_value double precision,
    quality_flag text,
    source_text text,
    manual bool not null,
    approved_on date,
    revisions int not null,
    target double precision
);
create index indicator_history_subject on indicator_history (subject) where known_to = 'infinity';
create index indicator_history_open on indicator_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index indicator_history_from on indicator_history (from_at);
create index indicator_history_series on indicator_history (indicator_id, last_day);

-- Day = when it was first observed, or first aimed at. `revisions`: how often the figures observed on that day have changed since.
create table indicator_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    org_code text not null,
    grain text not null,
    observed int not null default 0,
    manual int not null default 0,
    published_differs int not null default 0,
    revisions int not null default 0,
    targets int not null default 0,
    primary key (day, as_of_day, unit_code, org_code, grain)
) with (fillfactor = 70);

-- Enterprises by keyed hash: no code, name or person is stored.
create table enterprise_event (
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
    enterprise_ref text not null,
    inspection_ref text,
    planned_on date,
    reason_code text
);
-- ioc:hypertable enterprise_event occurred_at 7 days
create index enterprise_event_subject on enterprise_event (subject, occurred_at);
-- ioc:compress enterprise_event subject,occurred_at

create table enterprise_state (
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
    registered_at timestamptz,
    suspended_at timestamptz,
    dissolved_at timestamptz,
    inspection_year int,
    planned_count int not null,
    conducted_count int not null,
    conflict_year int,
    conflict_conducted int not null,
    moves text not null,
    inspections text not null
) with (fillfactor = 80);
create index enterprise_state_open on enterprise_state (unit_code) where state in ('active', 'suspended');
create index enterprise_state_conflict on enterprise_state (conflict_year) where conflict_year is not null;

-- One row per interval of an enterprise, as in indicator_history. Open = registered and not dissolved.
create table enterprise_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    inspection_year int,
    planned_count int not null,
    conducted_count int not null,
    conflict_year int,
    conflict_conducted int not null
);
create index enterprise_history_subject on enterprise_history (subject) where known_to = 'infinity';
create index enterprise_history_open on enterprise_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index enterprise_history_from on enterprise_history (from_at);

-- Day = of each step or inspection, planned ones on the day planned for. `second_inspections`: one per enterprise and year with more than
-- one, on the day of the second; of `enterprises_inspected`, one per enterprise and year with any.
create table enterprise_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    new int not null default 0,
    resumed int not null default 0,
    suspended int not null default 0,
    dissolved int not null default 0,
    inspections_planned int not null default 0,
    inspections_conducted int not null default 0,
    enterprises_inspected int not null default 0,
    second_inspections int not null default 0,
    primary key (day, as_of_day, unit_code)
) with (fillfactor = 70);

-- Tourism: one event per report of a unit or facility and period.
create table tourism_event (
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
    facility_code text not null,
    period text not null,
    arrivals int,
    overnight_guests int,
    revenue_vnd bigint,
    rooms_occupied int,
    rooms_available int
);
-- ioc:hypertable tourism_event occurred_at 7 days
create index tourism_event_subject on tourism_event (subject, occurred_at);
-- ioc:compress tourism_event subject,occurred_at

create table tourism_state (
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
    facility_code text not null,
    period text not null,
    grain text not null,
    first_day date,
    arrivals int,
    overnight_guests int,
    revenue_vnd bigint,
    rooms_occupied int,
    rooms_available int,
    corrections int not null
) with (fillfactor = 80);

-- One row per interval in which the same was known of a unit or facility and period, as in indicator_history. Nothing is ever open here,
-- so the index of moments holds every row.
create table tourism_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    facility_code text not null,
    period text not null,
    grain text not null,
    first_day date,
    arrivals int,
    overnight_guests int,
    revenue_vnd bigint,
    rooms_occupied int,
    rooms_available int
);
create index tourism_history_subject on tourism_history (subject) where known_to = 'infinity';
create index tourism_history_open on tourism_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to));
create index tourism_history_from on tourism_history (from_at);

-- Day = first of the period. Rows of one `grain` alone may be added, and either the totals of units (facility_code = '') or the facilities.
create table tourism_daily (
    day date not null,
    as_of_day date not null,
    grain text not null,
    unit_code text not null,
    facility_code text not null,
    reports int not null default 0,
    arrivals bigint not null default 0,
    overnight_guests bigint not null default 0,
    revenue_vnd bigint not null default 0,
    rooms_occupied bigint not null default 0,
    rooms_available bigint not null default 0,
    primary key (day, as_of_day, grain, unit_code, facility_code)
) with (fillfactor = 70);

-- The catalogue of public services, and how often each is looked up.
create table service_event (
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
    service_code text not null,
    level text,
    sector_code text,
    national_integrated bool,
    online_payment bool,
    qr bool,
    channel text,
    count int
);
-- ioc:hypertable service_event occurred_at 7 days
create index service_event_subject on service_event (subject, occurred_at);
-- ioc:compress service_event subject,occurred_at

create table service_state (
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
    service_code text not null,
    org_code text not null,
    unit_code text not null,
    sector_code text not null,
    level text not null,
    national_integrated bool not null,
    online_payment bool not null,
    qr bool not null,
    published_at timestamptz,
    integrated_at timestamptz,
    withdrawn_at timestamptz
) with (fillfactor = 80);
create index service_state_open on service_state (level, org_code) where state = 'published';

-- One row per interval of a service, as in indicator_history. Open = on offer: the open rows at a moment are the catalogue of that moment.
create table service_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    service_code text not null,
    org_code text not null,
    unit_code text not null,
    sector_code text not null,
    level text not null,
    national_integrated bool not null,
    online_payment bool not null,
    qr bool not null
);
create index service_history_subject on service_history (subject) where known_to = 'infinity';
create index service_history_open on service_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index service_history_from on service_history (from_at);

-- Day = of publication, under the present level. Summed over all days up to an as_of_day: the catalogue at its end; one as_of_day alone: what
-- that day added and took away.
create table service_daily (
    day date not null,
    as_of_day date not null,
    org_code text not null,
    sector_code text not null,
    level text not null,
    offered int not null default 0,
    integrated int not null default 0,
    online_payment int not null default 0,
    qr int not null default 0,
    withdrawn int not null default 0,
    primary key (day, as_of_day, org_code, sector_code, level)
) with (fillfactor = 70);

-- One row per service, channel and hour in which it was looked up. Absent hour = nobody looked, or nothing was heard.
-- ioc:aggregate service_lookup_hourly
select
    time_bucket('1 hour', occurred_at) as hour,
    subject as service_code,
    org_code,
    channel,
    sum(count) as lookups
from service_event
where type = 'vn.ioc.service.lookup.v1'
group by 1, 2, 3, 4;

-- Health, disease, schools, payments of allowances: counts of facilities, units and batches, never a person.
create table social_event (
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
    facility_code text not null,
    lon_deg double precision,
    lat_deg double precision,
    day date,
    visits int,
    insurance_visits int,
    cccd_visits int,
    beds_occupied int,
    beds_available int,
    disease_code text not null,
    onset_on date,
    cases int,
    schools int,
    classes int,
    pupils int,
    teachers int,
    dropped_out int,
    due_on date,
    beneficiaries_due int,
    beneficiaries_paid_by_account int,
    amount_vnd bigint,
    paid_at timestamptz
);
-- ioc:hypertable social_event occurred_at 7 days
create index social_event_subject on social_event (subject, occurred_at);
-- ioc:compress social_event subject,occurred_at

create table social_state (
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
    facility_code text not null,
    lon_deg double precision,
    lat_deg double precision,
    disease_code text not null,
    day date,
    iso_week text not null,
    visits int,
    insurance_visits int,
    cccd_visits int,
    beds_occupied int,
    beds_available int,
    cases int,
    schools int,
    classes int,
    pupils int,
    teachers int,
    dropped_out int,
    beneficiaries_due int,
    beneficiaries_paid_by_account int,
    amount_due_vnd bigint,
    amount_paid_vnd bigint,
    due_at timestamptz,
    paid_at timestamptz,
    outcome text,
    corrections int not null
) with (fillfactor = 80);
create index social_state_open on social_state (due_at, unit_code) where state = 'due';
create index social_state_day on social_state (state, day);

-- One row per interval in which the same was known of a subject, as in indicator_history. Open = a batch announced and not yet paid.
create table social_history (
    subject text not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    is_open bool not null,
    state text not null,
    unit_code text not null,
    facility_code text not null,
    lon_deg double precision,
    lat_deg double precision,
    disease_code text not null,
    day date,
    iso_week text not null,
    visits int,
    insurance_visits int,
    cccd_visits int,
    beds_occupied int,
    beds_available int,
    cases int,
    schools int,
    classes int,
    pupils int,
    teachers int,
    dropped_out int,
    beneficiaries_due int,
    beneficiaries_paid_by_account int,
    amount_due_vnd bigint,
    amount_paid_vnd bigint,
    due_at timestamptz,
    paid_at timestamptz,
    outcome text
);
create index social_history_subject on social_history (subject) where known_to = 'infinity';
create index social_history_open on social_history using gist (tstzrange(from_at, to_at), tstzrange(known_from, known_to)) where is_open;
create index social_history_from on social_history (from_at);

-- Day = what the figures describe: the facility's day, the onset of cases, the day a batch is due (also for what was paid, whenever that was).
-- `cccd_base`: insurance visits of facilities that tell how many were identified by citizen card.
create table social_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    facility_code text not null,
    disease_code text not null,
    facility_days int not null default 0,
    visits bigint not null default 0,
    insurance_visits bigint not null default 0,
    cccd_visits bigint not null default 0,
    beds_occupied bigint not null default 0,
    beds_available bigint not null default 0,
    cccd_base bigint not null default 0,
    cases bigint not null default 0,
    school_reports int not null default 0,
    schools bigint not null default 0,
    classes bigint not null default 0,
    pupils bigint not null default 0,
    teachers bigint not null default 0,
    dropped_out bigint not null default 0,
    batches_due int not null default 0,
    batches_paid int not null default 0,
    batches_on_time int not null default 0,
    batches_late int not null default 0,
    beneficiaries_due bigint not null default 0,
    beneficiaries_paid_by_account bigint not null default 0,
    amount_due_vnd bigint not null default 0,
    amount_paid_vnd bigint not null default 0,
    primary key (day, as_of_day, unit_code, facility_code, disease_code)
) with (fillfactor = 70);
