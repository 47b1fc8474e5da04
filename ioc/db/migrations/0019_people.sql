-- Who may do what: persons with roles and sessions, screens that were paired. No token and no password stands here, only what proves one.

create table person (
    person_id bigint generated always as identity primary key,
    login text not null unique check (login = lower(login)),
    name text not null,
    -- argon2id in its own encoding; null = signs on elsewhere.
    password_hash text,
    must_change bool not null default false,
    -- Sealed by the key file; null = no second step. `totp_step`: the newest step that was used, so that none is used twice.
    totp_sealed bytea,
    totp_step bigint not null default 0,
    -- Who vouches for the person: '' = this centre, else the issuer of the province's own sign-on.
    issuer text not null default '',
    external_id text not null default '',
    created_at timestamptz not null,
    ended_at timestamptz
);
create unique index person_external on person (issuer, external_id) where issuer <> '';

-- A role in force; null limits = not limited so.
create table person_role (
    person_id bigint not null references person (person_id),
    role text not null,
    units text[],
    agencies text[],
    fields text[],
    granted_at timestamptz not null,
    ended_at timestamptz
);
create unique index person_role_once on person_role (person_id, role) where ended_at is null;

-- `digest`: of the token in the browser's cookie. `active_at`: when the person last did something, which a page that updates itself does not.
create table person_session (
    session_id bigint generated always as identity primary key,
    digest bytea not null unique,
    csrf text not null,
    person_id bigint not null references person (person_id),
    began_at timestamptz not null,
    active_at timestamptz not null,
    until timestamptz not null,
    address text not null,
    ended_at timestamptz,
    ended_why text
);
create index person_session_open on person_session (person_id) where ended_at is null;

-- Failed attempts to sign in, by digest of what was tried: a log-in or an address. Kept an hour.
create table sign_in_failure (
    failure_id bigint generated always as identity primary key,
    tried bytea not null,
    failed_at timestamptz not null
);
create index sign_in_failure_tried on sign_in_failure (tried, failed_at);

-- A password was right and the second step is awaited, or the province's sign-on was asked; minutes old at most.
create table sign_in_step (
    digest bytea primary key,
    person_id bigint references person (person_id),
    detail jsonb not null,
    until timestamptz not null
);

create table screen (
    screen_id bigint generated always as identity primary key,
    name text not null,
    digest bytea not null unique,
    -- The token before the last change: good until the new one was seen, since the answer that carried it may have been lost.
    digest_before bytea,
    -- A token older than both: whoever shows it has copied a cookie.
    digest_older bytea,
    changed_at timestamptz not null,
    addresses cidr,
    -- What it shows: a path of the wall; null = its own choice.
    pinned text,
    paired_at timestamptz not null,
    paired_by text not null,
    seen_at timestamptz not null,
    ended_at timestamptz,
    ended_why text
);
create index screen_before on screen (digest_before) where digest_before is not null;
create index screen_older on screen (digest_older) where digest_older is not null;

-- A device that shows a code and waits for somebody to confirm it. `digest`: of the device's own cookie, `code` is what its screen shows.
create table screen_pairing (
    digest bytea primary key,
    code text not null unique,
    address text not null,
    asked_at timestamptz not null,
    until timestamptz not null,
    screen_id bigint references screen (screen_id)
);

-- Whether one of the grants in `scope` covers a thing of this unit, agency and field; a null limit is none, an empty list reaches nothing.
create function within_scope(unit text, agency text, field text, scope jsonb) returns bool language sql immutable parallel safe as $$
select exists (
    select 1
    from jsonb_array_elements(scope) as g (one)
    where (jsonb_typeof(g.one -> 'units') = 'null' or g.one -> 'units' ? unit)
        and (jsonb_typeof(g.one -> 'agencies') = 'null' or g.one -> 'agencies' ? agency)
        and (jsonb_typeof(g.one -> 'fields') = 'null' or g.one -> 'fields' ? field)
)
$$;
