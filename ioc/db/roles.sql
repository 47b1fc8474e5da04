-- name: objects
-- One row per table, view, sequence and function of the schema that is no extension's: its kind, name, what names it in a statement, its
-- owner, and for a table whether it is a view, a continuous aggregate or an identity's sequence. Absent = there is no such thing.
select
    case c.relkind when 'S' then 'sequence' else 'table' end as kind,
    c.relname::text as name,
    format('%%I.%%I', n.nspname, c.relname) as called,
    pg_get_userbyid(c.relowner)::text as owner,
    case
        when c.relkind = 'S' and exists (
            select 1 from pg_depend as d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
        ) then 'identity'
        when c.relkind = 'v' then 'view'
        else 'plain'
    end as form
from pg_class as c
inner join pg_namespace as n on c.relnamespace = n.oid
where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and not exists (
        select 1 from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
union all
select
    'function' as kind,
    p.proname::text as name,
    format('%%I.%%I(%%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as called,
    pg_get_userbyid(p.proowner)::text as owner,
    'plain' as form
from pg_proc as p
inner join pg_namespace as n on p.pronamespace = n.oid
where n.nspname = current_schema() and p.prokind = 'f'
    and not exists (
        select 1 from pg_depend as d
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    )
order by 1, 2, 3;

-- name: granted
-- One row per right that somebody else than the owner has: role ('public' = everybody), kind, what names the thing, column ('' = the whole
-- thing), right. Absent = the role may not.
with things as (
    select
        case c.relkind when 'S' then 'sequence' else 'table' end as kind,
        format('%%I.%%I', n.nspname, c.relname) as called,
        '' as col,
        c.relowner as owner,
        coalesce(c.relacl, case when c.relkind = 'S' then acldefault('s', c.relowner) else acldefault('r', c.relowner) end) as acl
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and not exists (
            select 1 from pg_depend as d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        )
    union all
    select 'table', format('%%I.%%I', n.nspname, c.relname), a.attname::text, c.relowner, a.attacl
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    inner join pg_attribute as a on c.oid = a.attrelid
    where n.nspname = current_schema() and a.attacl is not null and not a.attisdropped
    union all
    select
        'function', format('%%I.%%I(%%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), '', p.proowner,
        coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_proc as p
    inner join pg_namespace as n on p.pronamespace = n.oid
    where n.nspname = current_schema() and p.prokind = 'f'
        and not exists (
            select 1 from pg_depend as d
            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
        )
    union all
    select 'database', format('%%I', b.datname), '', b.datdba, coalesce(b.datacl, acldefault('d', b.datdba))
    from pg_database as b
    where b.datname = current_database()
    union all
    select 'schema', format('%%I', n.nspname), '', n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
    from pg_namespace as n
    where n.nspname = current_schema()
)

select coalesce(r.rolname::text, 'public') as role, t.kind, t.called, t.col, lower(a.privilege_type) as what
from things as t
cross join lateral aclexplode(t.acl) as a
left join pg_roles as r on a.grantee = r.oid
where a.grantee <> t.owner and (a.grantee = 0 or r.rolname = any(%(roles)s));

-- name: places
-- One row: the database, the schema, who is connected, and what that one may: everything, make roles.
select
    format('%%I', current_database()) as database,
    format('%%I', current_schema()) as schema,
    current_user::text as person,
    r.rolsuper as is_superuser,
    r.rolcreaterole or r.rolsuper as makes_roles,
    pg_get_userbyid(b.datdba)::text as owner
from pg_roles as r
inner join pg_database as b on b.datname = current_database()
where r.rolname = current_user;

-- name: existing
-- One row per role of the given ones that the server has. Absent = not made yet.
select rolname::text as role from pg_roles
where rolname = any(%(roles)s);

-- name: members
-- One row per role that belongs to another of ours.
select m.rolname::text as member, g.rolname::text as belongs_to
from pg_auth_members as a
inner join pg_roles as m on a.member = m.oid
inner join pg_roles as g on a.roleid = g.oid
where m.rolname = any(%(roles)s);

-- name: aggregates
-- One row per continuous aggregate (TimescaleDB). Absent = none.
select view_name::text as name from timescaledb_information.continuous_aggregates
where view_schema = current_schema();
