-- name: add
-- The number of a recipient that is new. Absent = the address hears of these already.
insert into alert_recipient (role, unit_code, address, severity, created_at)
values (%(role)s, %(unit)s, %(address)s, %(severity)s, %(at)s)
on conflict (role, unit_code, address) where ended_at is null do nothing
returning recipient_id;

-- name: list
-- One row per address that gets letters, oldest first. Absent = nobody does.
select recipient_id, role, unit_code, address, severity, created_at
from alert_recipient
where ended_at is null
order by recipient_id;

-- name: end
-- The recipient that gets no more letters. Absent = there is none of this number.
update alert_recipient set ended_at = %(at)s
where recipient_id = %(number)s and ended_at is null
returning role;
