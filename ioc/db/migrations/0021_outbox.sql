-- What is decided here and told elsewhere: the outbox, the webhooks that want to hear of it, and the keys that make a click count once.

-- One row per message that was promised in the transaction that made it true; `ioc relay` sends it at least once. sent_at and failed_at null =
-- still owed. Rows of one (channel, target, key) go in the order of `place`. `target`: a topic, a webhook's number, a mail address.
create table outbox (
    outbox_id uuid primary key,
    place bigint generated always as identity unique,
    made_at timestamptz not null,
    channel text not null check (channel in ('kafka', 'webhook', 'mail')),
    target text not null,
    key bytea not null default '',
    -- [[name, value], ...]: a record's or a request's headers, a letter's subject.
    headers jsonb not null,
    body bytea not null,
    attempts int not null default 0,
    -- Not before: after a failure, and while a relay has it in hand, so that one that dies leaves it to the next.
    next_at timestamptz not null,
    -- The database session of the relay that has it in hand: where that session is gone, so is the relay.
    relay int,
    -- The first attempt: from here on the days are counted after which a row is given up. Null = none yet.
    tried_at timestamptz,
    sent_at timestamptz,
    failed_at timestamptz,
    last_error text
);
create index outbox_owed on outbox (channel, next_at, place) where sent_at is null and failed_at is null;
create index outbox_order on outbox (channel, target, key, place) where sent_at is null and failed_at is null;
create index outbox_in_hand on outbox (relay) where relay is not null;
create index outbox_sent on outbox (sent_at) where sent_at is not null;
create index outbox_failed on outbox (failed_at) where failed_at is not null;
create index outbox_made on outbox (target, made_at) where channel = 'kafka';

create function outbox_tell() returns trigger language plpgsql as $$
begin
    notify ioc_outbox;
    return null;
end
$$;
create trigger outbox_filled after insert on outbox for each statement execute function outbox_tell();

-- Another system that is told of decisions. `topics`: Kafka topics it hears of; `secret_sealed`: what its messages are signed with, by the key file.
create table webhook (
    webhook_id bigint generated always as identity primary key,
    url text not null,
    topics text[] not null,
    secret_sealed bytea not null,
    active bool not null default true,
    created_at timestamptz not null,
    ended_at timestamptz
);

-- A decision's key as its sender gave it, so that the same click sent twice counts once; kept seven days. `digest`: of what was decided;
-- `outcome`: what was answered. `name`: of the person, shown to whoever decides on the same thing a moment later.
create table decision_key (
    actor text not null,
    key text not null,
    digest bytea not null,
    event_id text not null,
    name text not null,
    outcome jsonb,
    made_at timestamptz not null,
    primary key (actor, key)
);
create index decision_key_event on decision_key (event_id);
create index decision_key_made on decision_key (made_at);
