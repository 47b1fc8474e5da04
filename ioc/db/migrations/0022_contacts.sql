-- Personal data that the work needs: who reported, and in which words. Sealed outside the database; nothing here can be read without the key file.

create table contact (
    contact_id bigint generated always as identity primary key,
    stream text not null,
    subject text not null,
    field text not null,
    -- AES-256-GCM, bound to stream, subject and field.
    sealed bytea not null,
    -- HMAC-SHA-256 under a key of the same file, of fields by which a caller is known again; null = no such field.
    digest bytea check (octet_length(digest) = 32),
    kept_at timestamptz not null,
    purpose text not null check (purpose <> ''),
    unique (stream, subject, field)
);
create index contact_digest on contact (digest) where digest is not null;

-- What is no longer kept, since when and by which rule; never the value.
create table contact_purge (
    purge_id bigint generated always as identity primary key,
    stream text not null,
    subject text not null,
    fields text[] not null,
    at timestamptz not null,
    rule text not null
);
create index contact_purge_subject on contact_purge (stream, subject);

-- Subjects that can have a contact, and by what a person's limits are compared. A stream more is a `union all` more.
-- `ended_at`: null = open. A merged report ends with the last of those it was merged into, since its reporter is told of their result.
create view contact_subject as
select
    'report'::text as stream,
    s.subject,
    s.unit_code,
    s.org_code as agency_code,
    s.category as field_code,
    case when s.ended_as = 'merged' then (
        with recursive chain as (
            select p.subject, p.ended_at, p.ended_as, p.parent_id from report_state as p
            where p.subject = s.parent_id
            union
            select p.subject, p.ended_at, p.ended_as, p.parent_id from chain as c
            inner join report_state as p on c.parent_id = p.subject
            where c.ended_as = 'merged'
        )

        select case when bool_or(chain.ended_at is null) then null else greatest(s.ended_at, max(chain.ended_at)) end from chain
    ) else s.ended_at end as ended_at
from report_state as s
where s.state <> '';
