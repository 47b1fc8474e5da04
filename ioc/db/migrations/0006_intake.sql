-- Keys of the sources that send over HTTP. Of the secret only the SHA-256 is kept; a revoked key stays, so that it can be told whose it was.
create table source_key (
    key_id text primary key check (key_id ~ '^[0-9a-f]{10}$'),
    digest bytea not null check (octet_length(digest) = 32),
    source text not null check (source <> ''),
    streams text[] not null check (cardinality(streams) > 0),
    events_per_s double precision not null check (events_per_s > 0),
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
