-- name: add
-- The new person's number. Absent = the log-in is taken.
insert into person (login, name, password_hash, must_change, issuer, external_id, created_at)
values (%(login)s, %(name)s, %(password_hash)s, %(must_change)s, %(issuer)s, %(external_id)s, %(at)s)
on conflict do nothing
returning person_id;

-- name: one
-- The person of this log-in, of this number, or that an issuer vouches for (what is not asked for is null), also one that was ended.
-- Absent = there is none.
select
    person_id,
    login,
    name,
    password_hash,
    must_change,
    totp_sealed,
    totp_step,
    issuer,
    ended_at
from person
where login = %(login)s or person_id = %(person_id)s or (issuer = %(issuer)s and external_id = %(external_id)s);

-- name: all
-- One row per person, by log-in, with the roles in force.
select
    p.person_id,
    p.login,
    p.name,
    p.ended_at,
    p.totp_sealed is not null as has_totp,
    coalesce(array_agg(r.role order by r.role) filter (where r.role is not null), '{}') as roles
from person as p
left join person_role as r on p.person_id = r.person_id and r.ended_at is null
group by p.person_id
order by p.login;

-- name: grants
-- One row per role in force of the person. Absent = may nothing.
select
    role,
    units,
    agencies,
    fields
from person_role
where person_id = %(person_id)s and ended_at is null
order by role;

-- name: grant
-- No rows. A role that is there already gets the new limits.
insert into person_role (person_id, role, units, agencies, fields, granted_at)
values (%(person_id)s, %(role)s, %(units)s, %(agencies)s, %(fields)s, %(at)s)
on conflict (person_id, role) where ended_at is null do update
    set units = excluded.units, agencies = excluded.agencies, fields = excluded.fields, granted_at = excluded.granted_at;

-- name: withdraw
-- The roles that were withdrawn.
update person_role set ended_at = %(at)s
where person_id = %(person_id)s and ended_at is null and (%(role)s::text is null or role = %(role)s)
returning role;

-- name: password
-- No rows.
update person set password_hash = %(password_hash)s, must_change = %(must_change)s
where person_id = %(person_id)s;

-- name: totp
-- No rows. null = no second step any more.
update person set totp_sealed = %(totp_sealed)s, totp_step = %(totp_step)s
where person_id = %(person_id)s;

-- name: totp_used
-- The person's number. Absent = this step was used before.
update person set totp_step = %(totp_step)s
where person_id = %(person_id)s and totp_step < %(totp_step)s
returning person_id;

-- name: renamed
-- No rows. What the outside sign-on says now.
update person set name = %(name)s
where person_id = %(person_id)s and name <> %(name)s;

-- name: end
-- The person's number. Absent = no such person in force.
update person set ended_at = %(at)s
where person_id = %(person_id)s and ended_at is null
returning person_id;
