-- What panels, figures and rules ask alike stands here once: last words of cameras, stations and sluices; tasks, documents and queues that are open;
-- services on offer and how they are asked for. `instant`: the last one before the moment that is shown; `before_at`: that moment itself.

-- One row per camera heard in the week before a moment: where it stood, and whether it said "online" in the last 10 minutes (or as its source
-- promises). Absent = not heard for a week.
create function cameras_told(before_at timestamptz, known_at timestamptz)
returns table (subject text, unit_code text, point_id text, online bool)
language sql stable parallel safe as $$
select c.subject, seen.unit_code, coalesce(seen.point_id, c.point_id), coalesce(status.online, false)
from camera_state as c
cross join (select cameras_told.before_at - heard_within('camera', interval '10 minutes') as status_from offset 0) as w
cross join lateral (
    select e.unit_code, e.point_id
    from camera_event as e
    where e.subject = c.subject and e.recorded_at <= cameras_told.known_at
        and e.occurred_at >= cameras_told.before_at - interval '7 days' and e.occurred_at < cameras_told.before_at
    order by e.occurred_at desc, e.event_id desc
    limit 1
) as seen
left join lateral (
    select e.online
    from camera_event as e
    where e.subject = c.subject and e.recorded_at <= cameras_told.known_at and e.online is not null
        and e.occurred_at >= w.status_from and e.occurred_at < cameras_told.before_at
    order by e.occurred_at desc, e.event_id desc
    limit 1
) as status on true
where c.first_at < cameras_told.before_at
$$;

-- One row per camera heard in the 30 days before a moment: whether it says that it is off, and whether it is lost: off, or silent for three of its
-- own pauses. Silence is measured up to the newest word of any camera, so that a gateway that is away makes no camera look lost.
create function cameras_sight(before_at timestamptz, known_at timestamptz)
returns table (
    subject text, first_at timestamptz, kind text, unit_code text, site text, newest_at timestamptz, is_off bool, is_lost bool
)
language sql stable parallel safe as $$
with heard as materialized (
    select e.occurred_at as newest_at, heard_within('camera', interval '10 minutes') as least
    from camera_event as e
    where e.occurred_at < cameras_sight.before_at and e.occurred_at >= cameras_sight.before_at - interval '30 days'
        and e.recorded_at <= cameras_sight.known_at
    order by e.occurred_at desc
    limit 1
),

word as materialized (
    select
        c.subject,
        c.first_at,
        case when c.count_at is not null then 'traffic' when c.occupancy_at is not null then 'counter' else 'security' end as kind,
        e.unit_code,
        e.site,
        e.sees,
        e.occurred_at,
        e.occurred_at - lag(e.occurred_at) over (partition by c.subject order by e.occurred_at, e.event_id) as pause,
        row_number() over (partition by c.subject order by e.occurred_at desc, e.event_id desc) as place
    from camera_state as c
    cross join lateral (
        select e.occurred_at, e.event_id, e.unit_code, coalesce(e.point_id, e.subject) as site, coalesce(e.online, true) as sees
        from camera_event as e
        where e.subject = c.subject and e.recorded_at <= cameras_sight.known_at
            and e.occurred_at >= cameras_sight.before_at - interval '30 days' and e.occurred_at < cameras_sight.before_at
        order by e.occurred_at desc
        limit 6
    ) as e
    where c.first_at < cameras_sight.before_at
),

paced as (
    select subject, max(pause) as pause
    from word
    group by subject
)

select
    w.subject,
    w.first_at,
    w.kind,
    w.unit_code,
    w.site,
    w.occurred_at,
    not w.sees,
    not w.sees or w.occurred_at < h.newest_at - greatest(h.least, 3 * coalesce(p.pause, interval '1 hour'))
from word as w
inner join paced as p on w.subject = p.subject
cross join heard as h
where w.place = 1
$$;

-- One row per station that measures a property: its newest good reading of so long before a moment. Absent = none.
create function stations_told(of_property text, before_at timestamptz, known_at timestamptz, within_time interval)
returns table (subject text, station_id text, unit_code text, value double precision, occurred_at timestamptz)
language sql stable parallel safe as $$
select c.subject, c.station_id, told.unit_code, told.value, told.occurred_at
from environment_state as c
cross join lateral (
    select e.unit_code, e.value, e.occurred_at
    from environment_event as e
    where e.subject = c.subject and e.type = 'vn.ioc.environment.observation.v1' and e.quality = 'good'
        and e.recorded_at <= stations_told.known_at
        and e.occurred_at >= stations_told.before_at - within_time and e.occurred_at < stations_told.before_at
    order by e.occurred_at desc, (e.source || ' ' || e.event_id) collate "C" desc
    limit 1
) as told
where c.property = of_property and c.first_at < stations_told.before_at
$$;

-- One row per station and property heard of in the 30 days before a moment: when it was last heard, and of its last so many readings, good or not, how
-- many there are, how many with a value, the least and the greatest, and the median of their intervals. Absent = not heard of for so long.
create function stations_paced(before_at timestamptz, known_at timestamptz, last_n int)
returns table (
    subject text, unit_code text, n bigint, valued bigint, heard_at timestamptz, low double precision, high double precision,
    gap_s double precision, station_id text, property text
)
language sql stable parallel safe as $$
select
    r.subject, (array_agg(r.unit_code order by r.occurred_at desc))[1], count(*), count(r.value), max(r.occurred_at), min(r.value), max(r.value),
    percentile_cont(0.5) within group (order by r.gap_s), r.station_id, r.property
from (
    select
        c.subject, c.station_id, c.property, e.unit_code, e.occurred_at, e.value,
        extract(epoch from e.occurred_at - lag(e.occurred_at) over (partition by c.subject, c.station_id, c.property order by e.occurred_at)) as gap_s
    from environment_state as c
    cross join lateral (
        select o.occurred_at, o.value, o.unit_code
        from environment_event as o
        where o.subject = c.subject and o.type = 'vn.ioc.environment.observation.v1' and o.quality <> 'missing'
            and o.recorded_at <= stations_paced.known_at
            and o.occurred_at >= stations_paced.before_at - interval '30 days' and o.occurred_at < stations_paced.before_at
        order by o.occurred_at desc
        limit last_n
    ) as e
    where c.first_at < stations_paced.before_at
) as r
group by r.subject, r.station_id, r.property
$$;

-- One row per sluice: what was last said of it in so long before a moment. Absent = nothing.
create function sluices_told(before_at timestamptz, known_at timestamptz, within_time interval)
returns table (
    subject text, unit_code text, station_id text, open_pct double precision, limit_gl double precision, occurred_at timestamptz
)
language sql stable parallel safe as $$
select c.subject, told.unit_code, told.station_id, told.open_pct, told.limit_gl, told.occurred_at
from environment_state as c
cross join lateral (
    select e.unit_code, e.station_id, e.open_pct, e.limit_gl, e.occurred_at
    from environment_event as e
    where e.subject = c.subject and e.type = 'vn.ioc.environment.sluice_state.v1' and e.recorded_at <= sluices_told.known_at
        and e.occurred_at >= sluices_told.before_at - within_time and e.occurred_at < sluices_told.before_at
    order by e.occurred_at desc, (e.source || ' ' || e.event_id) collate "C" desc
    limit 1
) as told
where c.sluice_at is not null and c.first_at < sluices_told.before_at
$$;

-- One row per task that is open at an instant. Overdue = past its deadline; unseen = nobody took note of it in time.
create function open_tasks(instant timestamptz, known_at timestamptz)
returns table (
    subject text, unit_code text, owner_org text, state text, source_document text, assigned_at timestamptz, acknowledge_due_at timestamptz,
    due_at timestamptz, progress_pct smallint, overdue bool, unseen bool
)
language sql stable parallel safe as $$
select
    h.subject, h.unit_code, h.owner_org, h.state, h.source_document, h.assigned_at, h.acknowledge_due_at, h.due_at, h.progress_pct,
    coalesce(h.due_at <= instant, false),
    h.state = 'assigned' and coalesce(h.acknowledge_due_at <= instant, false)
from task_history as h
where h.is_open
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(instant, known_at)
    and h.from_at <= instant and h.to_at > instant and h.known_from <= known_at and h.known_to > known_at
$$;

-- As open_tasks, of received documents. Unregistered = it lies past its time to be registered.
create function open_documents(instant timestamptz, known_at timestamptz)
returns table (
    subject text, unit_code text, to_org text, urgency text, state text, last_arrived_at timestamptz, register_due_at timestamptz,
    due_at timestamptz, overdue bool, unregistered bool
)
language sql stable parallel safe as $$
select
    h.subject, h.unit_code, h.to_org, h.urgency, h.state, h.last_arrived_at, h.register_due_at, h.due_at,
    coalesce(h.due_at <= instant, false),
    h.state = 'arrived' and coalesce(h.register_due_at <= instant, false)
from document_history as h
where h.is_open
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(instant, known_at)
    and h.from_at <= instant and h.to_at > instant and h.known_from <= known_at and h.known_to > known_at
$$;

-- One row per one-stop point where somebody waits with a ticket taken since `day_from`, or a desk is open; what was left open on an earlier day is a
-- missing event, not a queue. Absent = nobody, none.
create function open_queues(instant timestamptz, known_at timestamptz, day_from timestamptz)
returns table (point_id text, unit_code text, waiting bigint, desks bigint, longest_since timestamptz)
language sql stable parallel safe as $$
select
    h.point_id,
    max(h.unit_code),
    count(*) filter (where h.state = 'waiting'),
    count(*) filter (where h.state = 'open'),
    min(h.taken_at) filter (where h.state = 'waiting')
from counter_history as h
where h.is_open
    and h.from_at >= day_from
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(instant, known_at)
    and h.from_at <= instant and h.to_at > instant and h.known_from <= known_at and h.known_to > known_at
group by h.point_id
$$;

-- One row per service on offer at an instant. A dossier is one of the service whose code is its procedure's, with or without the service number after
-- it: those are its `codes`.
create function services_offered(instant timestamptz, known_at timestamptz)
returns table (
    service_code text, unit_code text, org_code text, level text, integrated bool, payable bool, qr bool, codes text[]
)
language sql stable parallel safe as $$
select
    h.service_code, h.unit_code, h.org_code, h.level, h.national_integrated, h.online_payment, h.qr,
    array[h.service_code, regexp_replace(h.service_code, '\.\d\d$', '')]
from service_history as h
where h.is_open
    and span_of(h.from_at, h.to_at, h.known_from, h.known_to) @> moment_of(instant, known_at)
    and h.from_at <= instant and h.to_at > instant and h.known_from <= known_at and h.known_to > known_at
$$;

-- One row per service on offer at an instant: whether a dossier of it was received online (by portal, app or Zalo) in [since, until), and whether one
-- of those was paid online. Null = the service does not go online.
create function services_used(instant timestamptz, known_at timestamptz, since timestamptz, until timestamptz)
returns table (service_code text, unit_code text, org_code text, level text, integrated bool, used bool, paid bool)
language sql stable parallel safe as $$
select
    o.service_code, o.unit_code, o.org_code, o.level, o.integrated,
    case when o.level in ('full', 'partial') then (
        select true
        from dossier_history as d
        where d.procedure_code = any(o.codes) and d.channel in ('online', 'app', 'zalo')
            and d.received_at >= since and d.received_at < until
            and d.from_at <= instant and d.to_at > instant and d.known_from <= known_at and d.known_to > known_at
        order by d.received_at
        limit 1
    ) is not null end,
    case when o.level in ('full', 'partial') then (
        select true
        from dossier_history as d
        where d.procedure_code = any(o.codes) and d.channel in ('online', 'app', 'zalo') and d.paid_online
            and d.received_at >= since and d.received_at < until
            and d.from_at <= instant and d.to_at > instant and d.known_from <= known_at and d.known_to > known_at
        order by d.received_at
        limit 1
    ) is not null end
from services_offered(instant, known_at) as o
$$;

-- One row per full online service on offer at an instant for which nobody came online since a moment and somebody came on paper: so many dossiers.
create function services_unused(instant timestamptz, known_at timestamptz, since timestamptz)
returns table (service_code text, unit_code text, org_code text, dossiers bigint)
language sql stable parallel safe as $$
with on_paper as materialized (
    select procedure_code, count(*) as dossiers
    from dossier_history
    where channel in ('counter', 'post') and procedure_code is not null
        and from_at >= since and received_at >= since and received_at <= instant
        and from_at <= instant and to_at > instant and known_from <= known_at and known_to > known_at
    group by procedure_code
),

asked_for as materialized (
    select o.service_code, o.unit_code, o.org_code, o.codes, sum(p.dossiers)::bigint as dossiers
    from services_offered(instant, known_at) as o
    cross join lateral (select distinct c.code from unnest(o.codes) as c (code)) as of
    inner join on_paper as p on of.code = p.procedure_code
    where o.level = 'full'
    group by o.service_code, o.unit_code, o.org_code, o.codes
)

select a.service_code, a.unit_code, a.org_code, a.dossiers
from asked_for as a
left join lateral (
    select true as used
    from dossier_history as d
    where d.procedure_code = any(a.codes) and d.channel in ('online', 'app', 'zalo')
        and d.received_at >= since and d.received_at <= instant
        and d.from_at <= instant and d.to_at > instant and d.known_from <= known_at and d.known_to > known_at
    order by d.received_at
    limit 1
) as u on true
where u.used is null
$$;
