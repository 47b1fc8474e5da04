-- Scenarios that a presenter asked for from the page of a demo: the demo's supervisor starts and stops them, one at a time.
-- `share`: how much of the history is written, 0–1. `moment_at`: what time it is in the scenario. `note`: why it failed.
create table scenario_run (
    run_id int generated always as identity primary key,
    name text not null,
    seed text not null,
    speed double precision not null check (speed >= 0 and speed <= 600),
    port int not null,
    asked_at timestamptz not null,
    state text not null default 'asked' check (state in ('asked', 'starting', 'history', 'playing', 'stopping', 'ended', 'failed')),
    share double precision,
    moment_at timestamptz,
    note text not null default '',
    ended_at timestamptz,
    constraint scenario_run_ended check ((ended_at is not null) = (state in ('ended', 'failed')))
);

create unique index scenario_run_one_open on scenario_run ((ended_at is null)) where ended_at is null;
