-- name: claim
-- The key, now this decision's own. Absent = a decision has it already.
insert into decision_key (actor, key, digest, event_id, name, made_at)
values (%(actor)s, %(key)s, %(digest)s, %(event_id)s, %(name)s, %(at)s)
on conflict do nothing
returning key;

-- name: known
-- What was decided under a key, and what was answered.
select digest, event_id, outcome
from decision_key
where actor = %(actor)s and key = %(key)s;

-- name: answer
-- No rows. The answer that the same decision is given again.
update decision_key set outcome = %(outcome)s
where actor = %(actor)s and key = %(key)s;

-- name: names
-- One row per event that a person decided, with the person's name. Absent = a source told it, or it is older than keys are kept.
select event_id, name
from decision_key
where event_id = any(%(events)s);
