-- Reports that come in by the centre's own doors, their pictures and words, and who is looking at which.

-- One row per report filed here; its event goes to Kafka by the outbox, so that the row is there before the report is. Absent = the report came from
-- another source. `receipt_digest`: SHA-256 of the citizen's receipt code; (actor, key): the sender's own, so that the same filing counts once.
create table report_filing (
    subject text primary key,
    jurisdiction text not null,
    category text not null,
    channel text not null,
    receipt_digest bytea not null unique check (octet_length(receipt_digest) = 32),
    actor text not null,
    key text not null,
    digest bytea not null,
    event_id text not null,
    lon_deg float8,
    lat_deg float8,
    address text,
    -- What the service asks for beside the text (Open311 attributes), by code.
    attributes jsonb not null default '{}',
    filed_at timestamptz not null,
    unique (actor, key)
);
create index report_filing_at on report_filing (jurisdiction, filed_at desc, subject);

-- The last number given in one series, e.g. of a day.
create table report_number (
    series text primary key,
    last int not null
);

-- A picture of a report. `body`: JPEG without metadata, sealed by the key file, bound to the media_id; `stage`: as it was found, or after the work;
-- `look`: 64 bits, alike for alike pictures; `shown`: whether the public may see it, set by a person.
create table report_photo (
    media_id uuid primary key,
    subject text not null,
    stage text not null check (stage in ('before', 'after')),
    body bytea not null,
    sha256 bytea not null,
    look bigint not null,
    width int not null,
    height int not null,
    lon_deg float8,
    lat_deg float8,
    taken_at timestamptz,
    kept_at timestamptz not null,
    kept_by text not null,
    shown bool not null default false
);
alter table report_photo alter column body set storage external;
create index report_photo_subject on report_photo (subject, kept_at);

-- Keyed digests of a report's words, for search and comparison. Gone with the words themselves.
create table report_words (
    subject text primary key,
    words bigint[] not null
);
create index report_words_words on report_words using gin (words);

create function report_words_forget() returns trigger language plpgsql as $$
begin
    delete from report_words where subject = old.subject;
    delete from report_photo where subject = old.subject and stage = 'before';
    return null;
end
$$;
create trigger contact_text_gone after delete on contact for each row when (old.stream = 'report' and old.field = 'text')
execute function report_words_forget();

-- Who looks at which report just now; lost in a crash and made again within seconds.
create unlogged table report_presence (
    subject text not null,
    actor text not null,
    name text not null,
    seen_at timestamptz not null,
    primary key (subject, actor)
);
