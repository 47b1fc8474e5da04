-- Figures that one person enters and another approves, and when those that are entered by hand are due.

-- One row per figure, or per correction of one. `subject`: of its events; `agency`: whose task it is; `panel`: the field of work of whoever may see it.
-- `typed`: field → text, as it was typed, of which the event is made at the approval. `version` goes on from one row of a subject to the next.
-- `revision`: number of the correction as the event tells it; null until it is approved.
create table figure_draft (
    draft_id bigint generated always as identity primary key,
    subject text not null,
    indicator_id text not null,
    panel text not null,
    org_code text not null,
    unit_code text not null,
    agency text not null,
    period text not null,
    typed jsonb not null,
    version int not null,
    state text not null check (state in ('waiting', 'returned', 'approved')),
    entered_at timestamptz not null,
    entered_by text not null,
    entered_name text not null,
    decided_at timestamptz,
    decided_by text,
    decided_name text,
    -- Why it was returned the last time.
    reason text not null default '',
    approved_on date,
    revision int,
    event_id text,
    -- Four eyes.
    constraint figure_draft_by_another check (decided_by <> entered_by),
    check ((state = 'waiting') = (decided_by is null)),
    check ((state = 'waiting') = (decided_at is null)),
    check ((state = 'approved') = (event_id is not null)),
    check ((state = 'approved') = (revision is not null)),
    check ((state = 'approved') = (approved_on is not null))
);
-- Of one figure at most one draft is open.
create unique index figure_draft_open on figure_draft (subject) where state <> 'approved';
create index figure_draft_newest on figure_draft (subject, draft_id desc);

create function figure_draft_stands() returns trigger language plpgsql as $$
begin
    raise exception 'an approved figure is not changed: its correction is a draft of its own';
end
$$;
create trigger figure_draft_approved before update or delete on figure_draft for each row
when (old.state = 'approved') execute function figure_draft_stands();

-- One row per figure that an agency is asked to enter by hand, as the profile's entry.toml says; `ioc live` brings it in.
create table figure_due (
    subject text primary key,
    indicator_id text not null,
    org_code text not null,
    unit_code text not null,
    agency text not null,
    period text not null,
    due_at timestamptz not null
);
create index figure_due_at on figure_due (due_at);
