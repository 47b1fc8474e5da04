-- Cameras looked at by `ioc cameras`: what their events tell more, who looks at which, their latest pictures, and pictures that are kept.

alter table camera_event
    add column condition text,
    add column picture_at timestamptz,
    add column clock_offset_s double precision,
    add column method text,
    add column detection_id text,
    add column phase text,
    add column reviewed_by text,
    add column verdict text;
alter table camera_state
    add column condition text,
    add column people int;

-- Processes of `ioc cameras`: those heard within seconds share the cameras.
create table camera_process (
    holder text primary key,
    started_at timestamptz not null,
    heard_at timestamptz not null
);

-- One row per camera of the profile that is looked at: who does, until when it is his, and how it stands.
create table camera_watch (
    camera_id text primary key,
    holder text,
    held_until timestamptz not null default '-infinity',
    condition text not null default 'starting',
    cause text not null default '',
    since_at timestamptz,
    received_at timestamptz,
    picture_at timestamptz,
    clock_offset_s double precision,
    -- When its holder last said how it stands: older = nobody knows.
    checked_at timestamptz
) with (fillfactor = 50);
create index camera_watch_holder on camera_watch (holder);

-- Who looks at pictures asks for them: others are brought here seldom. `live_until`: as fast as they come.
create table camera_wanted (
    camera_id text primary key,
    wanted_until timestamptz not null,
    live_until timestamptz not null default '-infinity'
) with (fillfactor = 50);

-- The latest picture of each camera, faces and plates made unreadable before it came here. What a crash empties comes again by itself.
create unlogged table camera_picture (
    camera_id text primary key,
    number bigint not null,
    jpeg bytea not null,
    width int not null,
    height int not null,
    picture_at timestamptz,
    received_at timestamptz not null
);

-- Pictures kept as proof of what was detected, until their day.
create table camera_media (
    media_ref text primary key,
    camera_id text not null,
    picture_at timestamptz,
    received_at timestamptz not null,
    jpeg bytea not null,
    keep_until timestamptz not null
);
create index camera_media_until on camera_media (keep_until);
