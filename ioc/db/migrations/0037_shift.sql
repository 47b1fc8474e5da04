-- The shift: notes, handovers, what is read again, what handling costs, and what people do about dead letters.

-- A note of the shift; never changed nor deleted, a further one corrects it.
create table shift_note (
    note_id bigint generated always as identity primary key,
    written_at timestamptz not null,
    author text not null,
    name text not null,
    words text not null,
    corrects bigint references shift_note (note_id)
);

-- A shift handed over: frozen as it stood, signed by who gives and by who takes. Neither taken nor refused = it waits; of those there is one at most.
-- `last_note`: the newest note in it; what comes later belongs to the next shift.
create table shift_handover (
    handover_id bigint generated always as identity primary key,
    snapshot jsonb not null,
    last_note bigint not null,
    given_at timestamptz not null,
    given_by text not null,
    given_name text not null,
    taken_at timestamptz,
    taken_by text check (taken_by <> given_by),
    taken_name text,
    refused_at timestamptz,
    refused_by text,
    refused_name text,
    refused_reason text,
    check ((taken_at is null) = (taken_by is null)),
    check ((refused_at is null) = (refused_by is null)),
    check (taken_at is null or refused_at is null)
);
create unique index shift_handover_waits on shift_handover ((true)) where taken_at is null and refused_at is null;

-- One row: the ledger's line up to which decisions were drawn for reading again.
create table review_drawn (
    one bool primary key default true check (one),
    line bigint not null
);

-- A decision that the lot has drawn. `agrees` null = nobody has read it again yet.
create table review (
    event_id text primary key,
    line bigint not null,
    subject text not null,
    fact text not null,
    reason_code text not null,
    reason text not null,
    parent_id text,
    actor text not null,
    decided_at timestamptz not null,
    agrees bool,
    words text,
    read_by text check (read_by <> actor),
    read_at timestamptz,
    check ((agrees is null) = (read_at is null))
);
create index review_unread on review (line) where agrees is null;
create index review_decided on review (decided_at);
create index report_state_triaged on report_state (triaged_at);

-- What one act upon a report cost: keys, milliseconds of the machine, milliseconds of looking. Kept 90 days.
create table triage_measure (
    measure_id bigint generated always as identity primary key,
    measured_at timestamptz not null,
    actor text not null,
    subject text not null,
    act text not null,
    keys int not null,
    machine_ms int not null,
    reading_ms int not null
);
create index triage_measure_at on triage_measure (measured_at);

comment on column dead_letter.replayed_at is 'when it left the desk: sent again, or set aside by a person; null = it is open';
create index dead_letter_open on dead_letter (letter_id) where replayed_at is null;

-- What a person did about a dead letter. `batch`: of one click; `headers`, `value`: of the mended copy, the letter itself is never changed;
-- `changed`: the fields that were mended; `sent_to`: the address of the source's contact.
create table letter_act (
    act_id bigint generated always as identity primary key,
    letter_id bigint not null references dead_letter (letter_id),
    batch uuid not null,
    act text not null check (act in ('replayed', 'mended', 'forwarded', 'set_aside', 'taken_back')),
    acted_at timestamptz not null,
    actor text not null,
    name text not null,
    reason text not null,
    headers jsonb,
    value bytea,
    changed text[],
    sent_to text
);
create index letter_act_letter on letter_act (letter_id, act_id);
create index letter_act_batch on letter_act (batch);

-- Who sent a message, as its envelope says in either content mode; '' where it does not. No bytes of it can make this fail.
create function letter_source(headers jsonb, value bytea) returns text language sql immutable parallel safe as $$
select coalesce(
    (select nullif(left(encode(decode(h ->> 1, 'base64'), 'escape'), 200), '') from jsonb_array_elements(headers) as h where h ->> 0 = 'ce_source' limit 1),
    left(substring(encode(substring(value from 1 for 4000), 'escape') from '"source"\s*:\s*"([^"\\]*)"'), 200),
    '')
$$;
