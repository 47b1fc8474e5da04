-- Alerts are raised by rules: what an alert says beside its value, and the books of the process that raises them.

-- How many cases stand behind an alert, the figures that fill its text (a JSON object), the words of who acts.
alter table alert_event add column cases int, add column figures text, add column note text;
alter table alert_state add column cases int, add column figures text, add column note text;

-- One row per rule that was ever evaluated. `evaluated_at`: the moment of the data up to which nothing is missed; an engine that was away goes on
-- from there. `state`: watching, held (a source that it needs is silent), unset, off, failed. Whoever writes alerts of a rule locks its row.
create table alert_rule (
    rule_id text primary key,
    evaluated_at timestamptz,
    state text not null default 'watching',
    note text not null default '',
    took_ms double precision,
    open_count int not null default 0
);

-- One row per rule and subject whose condition is met, or was within the hour. `since_at`: since when it is met; `clear_since_at`: since when it is
-- no longer; `alert_id` null = it has not lasted long enough to speak. `raisings`: moments of the last hour, for what comes and goes.
create table alert_condition (
    rule_id text not null,
    dedup_subject text not null,
    unit_code text not null,
    org_code text not null,
    level smallint not null,
    since_at timestamptz,
    level_since_at timestamptz,
    clear_since_at timestamptz,
    alert_id text,
    alert_level smallint not null default 0,
    raisings timestamptz[] not null default '{}',
    value double precision,
    cases int not null default 0,
    figures text,
    seen_at timestamptz not null,
    primary key (rule_id, dedup_subject)
) with (fillfactor = 70);
create index alert_condition_alert on alert_condition (alert_id) where alert_id is not null;

-- When somebody is told next of an alert that nobody has acknowledged. Absent = nobody more will be.
create table alert_step (
    alert_id text primary key,
    step int not null,
    due_at timestamptz not null
);
create index alert_step_due on alert_step (due_at);

-- Who gets letters about alerts: a role's address, for one unit or all. No person's name: an address of an office.
create table alert_recipient (
    recipient_id bigint generated always as identity primary key,
    role text not null,
    unit_code text not null default '',
    address text not null,
    severity smallint not null check (severity between 1 and 4),
    created_at timestamptz not null,
    ended_at timestamptz
);
create unique index alert_recipient_once on alert_recipient (role, unit_code, address) where ended_at is null;

-- Worked seconds between two moments, 0 where the second is not later; by the profile's hours, which `ioc live` brings in.
create function worked_s(a timestamptz, b timestamptz) returns double precision language sql stable parallel safe as $$
select coalesce(sum(extract(epoch from least(w.to_at, b) - greatest(w.from_at, a))), 0)::float8
from working_time as w where w.from_at > a - interval '1 day' and w.to_at > a and w.from_at < b and a < b
$$;

-- Working days after the day of `a`, up to the day of `b`: how many days late something is that was due at `a`. 0 on the day itself.
create function worked_days(a timestamptz, b timestamptz) returns int language sql stable parallel safe as $$
select count(distinct (w.from_at at time zone 'Asia/Ho_Chi_Minh')::date)::int
from working_time as w
where w.from_at < b
    and (w.from_at at time zone 'Asia/Ho_Chi_Minh')::date > (a at time zone 'Asia/Ho_Chi_Minh')::date
    and w.from_at > a
$$;

-- A bulletin's headline in the issuer's words, and its area as GeoJSON (a MultiPolygon), where it drew one.
alter table environment_event add column headline text, add column geometry text;
alter table environment_state add column headline text, add column geometry text;

-- What is to be done, in words, where a task was given here.
alter table task_event add column title text;
alter table task_state add column title text;

-- How many messages were refused within the hour.
create index dead_letter_recorded on dead_letter (recorded_at);

-- What was over lately.
create index alert_state_resolved on alert_state (resolved_at) where resolved_at is not null;

-- Dossiers that wait to be received, and those that were put off or asked for supplements more than once: few among all intervals.
create index dossier_history_submitted on dossier_history using gist (span_of(from_at, to_at, known_from, known_to)) where state = 'submitted';
create index dossier_history_again on dossier_history using gist (span_of(from_at, to_at, known_from, known_to))
    where is_open and (extension_count > 1 or supplement_count > 1);

-- What was raised in a period.
create index alert_state_raised on alert_state (raised_at);
