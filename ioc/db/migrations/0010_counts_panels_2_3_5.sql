-- Counters, documents, tasks, conferences and the synchronisation of dossiers are open to their past: their intervals carry what the daily
-- counts count, and a function per stream gives both the same shape (see dossier_counts in 0002). Histories stored before this are made
-- again by `ioc rebuild`.

alter table counter_history
    add column last_called_at timestamptz,
    add column ended_at timestamptz,
    add column abandoned_at timestamptz,
    add column rated_at timestamptz,
    add column rating smallint,
    add column first_opened_at timestamptz,
    add column open_s int not null default 0;

alter table document_history
    add column from_org text not null default '',
    add column from_unit text not null default '',
    add column signed bool,
    add column electronic bool,
    add column sent_at timestamptz,
    add column last_arrived_at timestamptz,
    add column refused_at timestamptz,
    add column finished_online bool,
    add column recalled_at timestamptz;

alter table task_history
    add column first_outcome text,
    add column extended_at timestamptz,
    add column returned_at timestamptz,
    add column returned_by text not null default '',
    add column returned_unit text not null default '',
    add column cancelled_at timestamptz,
    add column reopened_at timestamptz;

alter table meeting_history
    add column invited_at timestamptz,
    add column ended_at timestamptz,
    add column connected_s int not null default 0,
    add column lost_s int not null default 0,
    add column loss_count int not null default 0,
    add column long_loss_count int not null default 0;

alter table platform_history
    add column acknowledged_at timestamptz,
    add column failed_at timestamptz;

-- Which procedures were asked for online, one probe per service of the catalogue.
alter table dossier_history add column procedure_code text;
create index dossier_history_online on dossier_history (procedure_code, received_at) where channel in ('online', 'app', 'zalo');

-- One row per fact of a ticket or desk-day (from the intervals) or per hour and point (from the counts); a desk-day has the hour ''.
create function counter_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    day date, unit_code text, point_id text, hour text,
    taken int, called int, waited int, wait_s bigint, over_15_min int, over_30_min int, served int, service_s bigint, abandoned int,
    rated int, satisfied int, dissatisfied int, desks int, open_s bigint
) language sql stable parallel safe as $$
select
    d.day, d.unit_code, d.point_id, d.hour,
    d.taken, d.called, d.waited, d.wait_s, d.over_15_min, d.over_30_min, d.served, d.service_s, d.abandoned,
    d.rated, d.satisfied, d.dissatisfied, d.desks, d.open_s
from counter_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    (t.fact_at at time zone 'Asia/Ho_Chi_Minh')::date,
    h.unit_code,
    h.point_id,
    case when t.fact = 'desk' then '' else to_char(t.fact_at at time zone 'Asia/Ho_Chi_Minh', 'HH24') end,
    (t.fact = 'taken')::int,
    (t.fact = 'called')::int,
    (t.fact = 'called' and h.taken_at is not null)::int,
    (case when t.fact = 'called' then coalesce(trunc(extract(epoch from h.called_at - h.taken_at)), 0) else 0 end)::bigint,
    (t.fact = 'called' and coalesce(h.called_at - h.taken_at > interval '15 minutes', false))::int,
    (t.fact = 'called' and coalesce(h.called_at - h.taken_at > interval '30 minutes', false))::int,
    (t.fact = 'served')::int,
    (case when t.fact = 'served' then coalesce(trunc(extract(epoch from h.ended_at - h.last_called_at)), 0) else 0 end)::bigint,
    (t.fact = 'abandoned')::int,
    (t.fact = 'rated')::int,
    (t.fact = 'rated' and h.rating >= 3)::int,
    (t.fact = 'rated' and h.rating <= 1)::int,
    (t.fact = 'desk')::int,
    (case when t.fact = 'desk' then h.open_s else 0 end)::bigint
from counter_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
cross join lateral (values
    ('taken', h.taken_at), ('called', h.called_at), ('served', h.ended_at), ('abandoned', h.abandoned_at), ('rated', h.rated_at),
    ('desk', h.first_opened_at)
) as t (fact, fact_at)
where from_history and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
    and t.fact_at >= f.since and t.fact_at < f.until
$$;

-- One row per fact of a document (from the intervals) or per day and agency (from the counts): 'out' is its issuer's, 'in' its recipient's.
create function document_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    day date, unit_code text, org_code text, direction text, urgency text, level text,
    sent int, sent_signed int, arrived int, registered_on_time int, registered_late int, refused int, finished int, on_time int, late int,
    finished_online int, finished_paper int, finish_s bigint, recalled int
) language sql stable parallel safe as $$
select
    d.day, d.unit_code, d.org_code, d.direction, d.urgency, d.level,
    d.sent, d.sent_signed, d.arrived, d.registered_on_time, d.registered_late, d.refused, d.finished, d.on_time, d.late,
    d.finished_online, d.finished_paper, d.finish_s, d.recalled
from document_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    (t.fact_at at time zone 'Asia/Ho_Chi_Minh')::date,
    case when t.direction = 'out' then h.from_unit else h.unit_code end,
    case when t.direction = 'out' then h.from_org else h.to_org end,
    t.direction,
    h.urgency,
    h.level,
    (t.fact = 'sent')::int,
    (t.fact = 'sent' and coalesce(h.signed and h.electronic, false))::int,
    (t.fact = 'arrived')::int,
    (t.fact = 'registered' and coalesce(h.registered_at <= h.register_due_at, false))::int,
    (t.fact = 'registered' and coalesce(h.registered_at > h.register_due_at, false))::int,
    (t.fact = 'refused')::int,
    (t.fact = 'finished')::int,
    (t.fact = 'finished' and coalesce(h.outcome = 'on_time', false))::int,
    (t.fact = 'finished' and coalesce(h.outcome = 'late', false))::int,
    (t.fact = 'finished' and coalesce(h.finished_online, false))::int,
    (t.fact = 'finished' and not coalesce(h.finished_online, true))::int,
    (case when t.fact = 'finished' then trunc(extract(epoch from h.finished_at - h.last_arrived_at)) else 0 end)::bigint,
    (t.fact = 'recalled')::int
from document_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
cross join lateral (values
    ('sent', 'out', h.sent_at), ('recalled', case when h.arrived_at is null then 'out' else 'in' end, h.recalled_at),
    ('arrived', 'in', h.arrived_at), ('registered', 'in', h.registered_at), ('refused', 'in', h.refused_at), ('finished', 'in', h.finished_at)
) as t (fact, direction, fact_at)
where from_history and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
    and t.fact_at >= f.since and t.fact_at < f.until
$$;

-- One row per fact of a task (from the intervals) or per day and owner (from the counts); what was given back is counted with who gave it back.
create function task_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    day date, unit_code text, owner_org text,
    assigned int, acknowledged int, acknowledged_late int, completed int, on_time int, late int, first_on_time int, complete_s bigint,
    extended int, returned int, cancelled int, reopened int
) language sql stable parallel safe as $$
select
    d.day, d.unit_code, d.owner_org,
    d.assigned, d.acknowledged, d.acknowledged_late, d.completed, d.on_time, d.late, d.first_on_time, d.complete_s,
    d.extended, d.returned, d.cancelled, d.reopened
from task_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    (t.fact_at at time zone 'Asia/Ho_Chi_Minh')::date,
    case when t.fact = 'returned' then h.returned_unit else h.unit_code end,
    case when t.fact = 'returned' then h.returned_by else h.owner_org end,
    (t.fact = 'assigned')::int,
    (t.fact = 'acknowledged')::int,
    (t.fact = 'acknowledged' and h.acknowledged_at > h.acknowledge_due_at)::int,
    (t.fact = 'completed')::int,
    (t.fact = 'completed' and coalesce(h.outcome = 'on_time', false))::int,
    (t.fact = 'completed' and coalesce(h.outcome = 'late', false))::int,
    (t.fact = 'completed' and coalesce(h.first_outcome = 'on_time', false))::int,
    (case when t.fact = 'completed' then trunc(extract(epoch from h.completed_at - h.assigned_at)) else 0 end)::bigint,
    (t.fact = 'extended')::int,
    (t.fact = 'returned')::int,
    (t.fact = 'cancelled')::int,
    (t.fact = 'reopened')::int
from task_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
cross join lateral (values
    ('assigned', h.assigned_at), ('acknowledged', h.acknowledged_at), ('completed', h.completed_at), ('extended', h.extended_at),
    ('returned', h.returned_at), ('cancelled', h.cancelled_at), ('reopened', h.reopened_at)
) as t (fact, fact_at)
where from_history and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
    and t.fact_at >= f.since and t.fact_at < f.until
$$;

-- One row per session or point (from the intervals) or per day and level (from the counts), on the day of the session. It may be planned: the
-- day then lies after the interval began, so intervals are read whatever their beginning; conferences are few.
create function meeting_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    day date, unit_code text, level text,
    sessions int, session_s bigint, invited int, joined int, absent int, losses int, long_losses int, lost_s bigint, connected_s bigint
) language sql stable parallel safe as $$
select
    d.day, d.unit_code, d.level,
    d.sessions, d.session_s, d.invited, d.joined, d.absent, d.losses, d.long_losses, d.lost_s, d.connected_s
from meeting_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    b.day,
    h.unit_code,
    h.level,
    (h.point_id = '')::int,
    (case when h.point_id = '' then greatest(0, coalesce(trunc(extract(epoch from h.ended_at - b.begun_at)), 0)) else 0 end)::bigint,
    (h.point_id <> '' and h.invited_at is not null)::int,
    (h.point_id <> '' and h.joined_at is not null)::int,
    (h.point_id <> '' and h.state = 'absent')::int,
    case when h.point_id <> '' then h.loss_count else 0 end,
    case when h.point_id <> '' then h.long_loss_count else 0 end,
    (case when h.point_id <> '' then h.lost_s else 0 end)::bigint,
    (case when h.point_id <> '' then h.connected_s else 0 end)::bigint
from meeting_history as h
cross join lateral (select coalesce(h.started_at, h.joined_at, h.invited_at) as begun_at) as a
cross join lateral (select a.begun_at, (a.begun_at at time zone 'Asia/Ho_Chi_Minh')::date as day) as b
where from_history and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
    and b.day >= since_day and b.day < until_day
$$;

-- Dossiers by how their synchronisation with the national portal stands, on the day since when it so stands.
create function sync_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    day date, source_id text, unit_code text, acknowledged int, failed int
) language sql stable parallel safe as $$
select d.day, d.source_id, d.unit_code, d.acknowledged, d.failed
from platform_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
    and (d.acknowledged <> 0 or d.failed <> 0)
union all
select
    (coalesce(h.acknowledged_at, h.failed_at) at time zone 'Asia/Ho_Chi_Minh')::date,
    h.source_id,
    h.unit_code,
    (h.acknowledged_at is not null)::int,
    (h.failed_at is not null)::int
from platform_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
where from_history and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
    and coalesce(h.acknowledged_at, h.failed_at) >= f.since and coalesce(h.acknowledged_at, h.failed_at) < f.until
$$;
