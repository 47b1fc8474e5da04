-- Screens: what each last painted, whether guests of the house stand before it; and how each sink gets on.

-- Guests are shown no unit by name, no camera, no incident, no casualties: the server sees to it, whatever the screen asks.
alter table screen add column guests bool not null default false;

-- What a screen last painted, as it says each ten seconds. painted_at: when frames were last drawn, null = never yet; epoch, frame: the newest
-- frame of `ioc live` that is on the glass; newest: the newest that the centre had then, null = of another epoch; page: address of the screen;
-- shown: address of the panel that a rotation shows, else null; data_as_of: newest figure on it. What it said word for word is in body.
alter table screen_heartbeat
add column painted_at timestamptz,
add column epoch text,
add column frame bigint,
add column newest bigint,
add column page text,
add column shown text,
add column data_as_of timestamptz,
add column link text,
add column size text,
add column heap_bytes bigint,
add column build text;

-- One row per sink that ran within the hour. beat_at: when it last went round; caught_up_at: when it last had read nearly all that the broker has;
-- waiting: messages of its partitions that it has not read; broker_away_at: since when the broker does not answer it, null = it does.
-- No row = no sink ever ran here, or the database crashed a moment ago.
create unlogged table sink_pulse (
    sink text primary key,
    beat_at timestamptz not null,
    caught_up_at timestamptz not null,
    waiting bigint not null,
    broker_away_at timestamptz
);
