-- What sources say they counted, to be compared with what was counted here; and periods whose figures were closed by a person.

-- One row per telling: a source may tell a day again, the newest telling holds (of two at one moment, the larger).
-- unit_code: a unit, the agency where the source counts by agency, or '' for the whole province.
create table control_total (
    source text not null,
    stream text not null,
    day date not null,
    unit_code text not null,
    measure text not null,
    value bigint not null check (value >= 0),
    told_at timestamptz not null,
    sent_by text not null,
    primary key (stream, day, source, unit_code, measure, told_at, value)
);

-- The codes behind a telling, where the source gave them. Absent = it gave none.
create table control_subject (
    source text not null,
    stream text not null,
    day date not null,
    unit_code text not null,
    measure text not null,
    told_at timestamptz not null,
    subject text not null,
    primary key (stream, day, source, unit_code, measure, told_at, subject)
);

-- "Chốt số liệu": turn 1 closes a period, turn 2 reopens it with a reason, turn 3 closes it again. Rows are only ever added.
create table closed_period (
    closing_id bigint generated always as identity primary key,
    stream text not null,
    kind text not null check (kind in ('year', 'quarter', 'month', 'week', 'day', 'reporting')),
    first_day date not null,
    last_day date not null,
    turn int not null check (turn >= 1),
    action text not null check (action in ('closed', 'reopened')),
    closed_at timestamptz not null,
    closed_by text not null check (closed_by <> ''),
    figures jsonb,
    note text not null,
    unique (stream, first_day, last_day, turn),
    check (first_day <= last_day),
    check ((turn % 2 = 1) = (action = 'closed')),
    check ((action = 'closed') = (figures is not null)),
    check (action = 'closed' or note <> '')
);
