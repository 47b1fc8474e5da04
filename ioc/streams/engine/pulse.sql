-- name: beat
-- No rows. How one sink gets on now.
insert into sink_pulse as p (sink, beat_at, caught_up_at, waiting, broker_away_at)
values (%(sink)s, %(at)s, %(caught_up_at)s, %(waiting)s, %(broker_away_at)s)
on conflict (sink) do update set
    beat_at = excluded.beat_at,
    caught_up_at = excluded.caught_up_at,
    waiting = excluded.waiting,
    broker_away_at = excluded.broker_away_at;

-- name: ended
-- No rows. A sink that ended an hour ago says nothing any more.
delete from sink_pulse
where beat_at < %(before)s;

-- name: latest
-- Always one row: the sinks that were heard about as late as the last one, together. All null = no sink has said anything.
select
    max(p.beat_at) as beat_at,
    min(p.caught_up_at) as caught_up_at,
    sum(p.waiting)::bigint as waiting,
    case when bool_and(p.broker_away_at is not null) then min(p.broker_away_at) end as broker_away_at
from sink_pulse as p
where p.beat_at > (select max(l.beat_at) from sink_pulse as l) - %(silent)s;
