-- The audit ledger: every decision, every look at a citizen's contact, every change of configuration. Each line's hash covers its number, its
-- content and the hash of the line before, so that nothing in it can be changed, taken out or put in without a trace.

-- `content`: canonical JSON of the whole line, what the hash covers; the columns beside it repeat what is searched for.
create table audit_line (
    line bigint primary key,
    at timestamptz not null,
    actor text not null,
    action text not null,
    subject text not null,
    content text not null,
    hash bytea not null check (length(hash) = 32)
);
create index audit_line_at on audit_line (at);
create index audit_line_actor on audit_line (actor, line);
create index audit_line_action on audit_line (action, line);
create index audit_line_subject on audit_line (subject, line);

-- The newest line: who appends locks this row until the end of the transaction, so that lines have no gap and no two the same number.
create table audit_head (
    one bool primary key default true check (one),
    line bigint not null,
    hash bytea not null
);

-- What the digest of a personal field was salted with. A purge deletes it: the chain stands, and nobody can tell any more whose digest it is.
create table audit_salt (
    line bigint not null,
    field text not null,
    salt bytea not null check (length(salt) >= 16),
    primary key (line, field)
);

-- Heads that were published. `place`: where to. Who can change this database can change these too: the ones that count are those kept outside.
create table audit_anchor (
    line bigint not null,
    hash bytea not null,
    at timestamptz not null,
    place text not null
);

-- How far a receiver of copies (a syslog server) has got: the last line sent to it. Absent = nothing was sent yet.
create table audit_sent (
    target text primary key,
    line bigint not null
);

create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% on % is refused: the audit ledger is only ever added to', tg_op, tg_table_name
        using errcode = 'insufficient_privilege', hint = 'a line that is wrong is put right by a new line';
end
$$;

create trigger audit_line_stands before update or delete on audit_line for each row execute function audit_refuse();
create trigger audit_line_stays before truncate on audit_line for each statement execute function audit_refuse();
create trigger audit_anchor_stands before update or delete on audit_anchor for each row execute function audit_refuse();
create trigger audit_anchor_stays before truncate on audit_anchor for each statement execute function audit_refuse();
create trigger audit_head_advances before update on audit_head for each row
when (new.line <> old.line + 1) execute function audit_refuse();
create trigger audit_head_stands before delete on audit_head for each row execute function audit_refuse();
create trigger audit_head_stays before truncate on audit_head for each statement execute function audit_refuse();
-- Always: also in a session that says it replays another server's changes, where triggers are silent otherwise.
alter table audit_line enable always trigger audit_line_stands;
alter table audit_line enable always trigger audit_line_stays;
alter table audit_anchor enable always trigger audit_anchor_stands;
alter table audit_anchor enable always trigger audit_anchor_stays;
alter table audit_head enable always trigger audit_head_advances;
alter table audit_head enable always trigger audit_head_stands;
alter table audit_head enable always trigger audit_head_stays;

-- The one way in: the next line, its hash, its salts. `entry`: canonical JSON with at, actor, action and subject. Answers the line's number.
-- It runs as its owner, so that whoever may call it needs no right to the tables. The head is locked until the transaction's end.
create function audit_append(entry text, fields text[], salts bytea[]) returns bigint language plpgsql security definer as $$
declare
    next_line bigint;
    next_hash bytea;
begin
    update audit_head as h
    set line = h.line + 1, hash = sha256(h.hash || int8send(h.line + 1) || convert_to(entry, 'UTF8'))
    returning h.line, h.hash into strict next_line, next_hash;
    insert into audit_line (line, at, actor, action, subject, content, hash)
    select next_line, (e.told ->> 'at')::timestamptz, e.told ->> 'actor', e.told ->> 'action', e.told ->> 'subject', entry, next_hash
    from (select entry::json as told) as e;
    if cardinality(fields) > 0 then
        insert into audit_salt (line, field, salt) select next_line, s.field, s.salt from unnest(fields, salts) as s (field, salt);
    end if;
    return next_line;
end
$$;
revoke all on function audit_append(text, text[], bytea[]) from public;

-- Names in a function that runs as its owner are looked up here and nowhere a caller could put a table of the same name.
do $$
begin
    execute format('alter function audit_append(text, text[], bytea[]) set search_path = pg_catalog, %I, pg_temp', current_schema());
end
$$;

-- Line 0 of every ledger names it, so that no other ledger can stand in for it. Its predecessor's hash is 32 zero bytes.
with genesis (content, at) as (
    select
        format(
            '{"action":"ledger.began","actor":"system:ledger","at":"%s","subject":"ledger:%s"}',
            to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), gen_random_uuid()
        ),
        now()
),

line as (
    insert into audit_line (line, at, actor, action, subject, content, hash)
    select
        0, g.at, 'system:ledger', 'ledger.began', g.content::json ->> 'subject', g.content,
        sha256(decode(repeat('00', 32), 'hex') || int8send(0) || convert_to(g.content, 'UTF8'))
    from genesis as g
    returning line, hash
)

insert into audit_head (line, hash) select l.line, l.hash from line as l;
