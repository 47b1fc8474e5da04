-- What agencies ask for, and what citizens are still to be told of.

alter table report_event add column wanted_due_at timestamptz;
alter table report_state
    add column pause_asked_at timestamptz,
    add column extension_asked_at timestamptz,
    add column wanted_due_at timestamptz;
-- Reports that wait for the centre's word.
create index report_state_asked on report_state (least(pause_asked_at, extension_asked_at))
    where pause_asked_at is not null or extension_asked_at is not null;

-- What the citizen of a report filed here was told last; null = nothing yet. `closing_at`: when its closing was promised.
alter table report_filing add column told_state text, add column told_due_at timestamptz, add column closing_at timestamptz;
create index report_filing_closing on report_filing (told_state)
    where closing_at is null and told_state in ('resolved', 'published', 'rejected', 'merged', 'referred');

-- Reports filed here whose citizens are still to be told how they stand; `ioc relay` tells them and takes the row away.
create table report_owed (
    subject text primary key,
    since timestamptz not null default clock_timestamp()
);

create function report_owe() returns trigger language plpgsql as $$
begin
    insert into report_owed (subject)
    select f.subject from report_filing as f
    where f.subject = new.subject
    -- Held until this change is committed: who tells leaves it, or has told and taken it away before it is owed again.
    on conflict (subject) do update set since = report_owed.since;
    return null;
end
$$;
create trigger report_state_told after insert on report_state for each row when (new.state <> '') execute function report_owe();
create trigger report_state_told_again after update on report_state for each row
when (new.state is distinct from old.state or new.due_at is distinct from old.due_at) execute function report_owe();
