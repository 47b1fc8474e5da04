-- What `ioc pull` remembers of the systems it asks (docs/pull.md).

-- Where each source is read from next; moved on once the events of what was read are with Kafka. next_cursor: where it moves then.
create table pull_cursor (
    source text primary key,
    cursor jsonb not null,
    next_cursor jsonb,
    run_at timestamptz not null,
    ended_at timestamptz,
    records bigint not null default 0,
    events bigint not null default 0,
    rejects bigint not null default 0
);

-- What each subject looked like when it was last read, and what was published of it. No names: they do not pass the adapter's door.
create table pull_snapshot (
    source text not null,
    subject text not null,
    digest text not null,
    fields jsonb not null,
    seen_at timestamptz not null,
    primary key (source, subject)
);

-- Events decided and not yet known to be with Kafka: after a crash they are sent again as they are, with the same ids.
create table pull_pending (
    position bigint generated always as identity primary key,
    source text not null,
    topic text not null,
    record_key bytea not null,
    value bytea not null,
    headers jsonb not null
);
create index pull_pending_source on pull_pending (source, position);

-- Records that could not be used, with the reason. mended_at: when a later record of the subject, or the same again, could be.
create table pull_reject (
    reject_id bigint generated always as identity primary key,
    source text not null,
    subject text not null,
    digest text not null,
    record jsonb not null,
    reason text not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    mended_at timestamptz,
    unique (source, digest)
);
create index pull_reject_open on pull_reject (source, subject) where mended_at is null;
