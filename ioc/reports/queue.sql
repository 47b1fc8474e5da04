-- name: open
-- Open reports within reach in the order of work: the most urgent, then the first that is due, then the oldest; a clock that stands has no moment.
-- What is sought is found by its code, by all its words, or where the names of its place, kind and agency stand for those that are missing.
-- `units`, `agencies`: all that the grants reach, so that no other is looked at; null = no limit. Absent = nothing that is open is asked for.
with opened as materialized (
    select s.subject, s.unit_code, s.org_code, s.category, s.priority, s.submitted_at,
        hashtextextended(s.unit_code || '|' || s.org_code || '|' || s.category, 0) as kind,
        coalesce(case when s.suspended_at is null then s.due_at end, %(ever)s) as due_at
    from report_state as s
    where s.jurisdiction = %(jurisdiction)s
        and s.state in ('submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused')
        and s.state = any(%(states)s)
        and (not %(asking)s or s.pause_asked_at is not null or s.extension_asked_at is not null)
        and (%(these)s::text[] is null or s.subject = any(%(these)s))
        and (%(units)s::text[] is null or s.unit_code = any(%(units)s))
        and (%(agencies)s::text[] is null or s.org_code = any(%(agencies)s))
        and (
            %(jurisdiction)s = '' or exists (
                select from report_filing as f
                where f.subject = s.subject
            )
        )
),

kinds as (
    select distinct on (kind) kind, unit_code, org_code, category from opened
),

-- One row per place, agency and category of those; compared by a number first, for texts are slow to sort. `missing`: digests of the sought words that no name of the kind holds.
reach as materialized (
    select k.kind, k.unit_code, k.org_code, k.category, coalesce(c.priority, 4) as usual,
        (
            select coalesce(array_agg(w.digest), '{}')
            from unnest(%(digests)s::bigint[]) with ordinality as w (digest, place)
            where not exists (
                select from unnest(%(named_places)s::int[], %(named_codes)s::text[]) as n (place, code)
                where n.place = w.place and n.code in ('c:' || k.category, 'u:' || k.unit_code, 'o:' || k.org_code)
            )
        ) as missing
    from kinds as k
    left join unnest(%(categories)s::text[], %(priorities)s::int[]) as c (category, priority) on k.category = c.category
    where (%(unlimited)s or within_scope(k.unit_code, k.org_code, k.category, %(scope)s))
        and (%(category)s = '' or k.category = %(category)s)
        and (%(unit)s = '' or k.unit_code = %(unit)s)
        and (%(agency)s = '' or k.org_code = %(agency)s)
)

select o.subject, coalesce(o.priority, r.usual) as urgency, o.due_at, o.submitted_at
from opened as o
inner join reach as r on o.kind = r.kind and o.unit_code = r.unit_code and o.org_code = r.org_code and o.category = r.category
where (%(priority)s = 0 or coalesce(o.priority, r.usual) = %(priority)s)
    and o.due_at < %(due_before)s
    and (
        %(looked)s = '' or exists (
            select from report_presence as p
            where p.subject = o.subject and p.actor = %(looked)s and p.seen_at > %(seen_after)s
        )
    )
    and (
        not %(sought)s or o.subject = any(%(found)s) or (%(code)s <> '' and strpos(lower(o.subject), %(code)s) > 0)
        or (%(parts)s::text[] <> '{}' and report_code_parts(o.subject) @> %(parts)s)
        or (
            %(digests)s::bigint[] <> '{}' and (
                r.missing = '{}' or (
                    select w.words from report_words as w
                    where w.subject = o.subject
                ) @> r.missing
            )
        )
    )
    and (coalesce(o.priority, r.usual), o.due_at, o.submitted_at, o.subject)
    > (%(after_urgency)s, %(after_due_at)s, %(after_submitted_at)s, %(after_subject)s)
order by urgency, o.due_at, o.submitted_at, o.subject
limit %(most)s;

-- name: ended
-- Reports within reach that ended since a moment, the last first. Absent = none that is asked for.
select s.subject, s.ended_at
from report_state as s
where s.jurisdiction = %(jurisdiction)s and s.ended_at >= %(ended_since)s
    and s.state not in ('', 'submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused')
    and (s.ended_at, s.subject) < (%(after_ended_at)s, %(after_subject)s)
    and (%(these)s::text[] is null or s.subject = any(%(these)s))
    and (%(category)s = '' or s.category = %(category)s)
    and (%(unit)s = '' or s.unit_code = %(unit)s)
    and (%(agency)s = '' or s.org_code = %(agency)s)
    and (%(priority)s = 0 or coalesce(s.priority, (%(usual)s::jsonb ->> s.category)::int, 4) = %(priority)s)
    and (%(unlimited)s or within_scope(s.unit_code, s.org_code, s.category, %(scope)s))
    and (
        %(jurisdiction)s = '' or exists (
            select from report_filing as f
            where f.subject = s.subject
        )
    )
order by s.ended_at desc, s.subject desc
limit %(most)s;

-- name: ended_found
-- Ended reports within reach that a search finds by code or by all its words, the last first; of words that thousands have, some thousands are looked
-- at. Absent = none.
with found as (
    select f.subject from unnest(%(found)s::text[]) as f (subject)
    union
    (
        select s.subject from report_state as s
        where (%(parts)s::text[] <> '{}' and report_code_parts(s.subject) @> %(parts)s)
            or (%(pieces)s::text[] <> '{}' and report_code_parts(s.subject) @> %(pieces)s)
        limit %(looked_at)s -- noqa: AM09
    )
    union
    (
        select w.subject from report_words as w
        where %(digests)s::bigint[] <> '{}' and w.words @> %(digests)s
        limit %(looked_at)s -- noqa: AM09
    )
)

select s.subject, coalesce(s.ended_at, s.submitted_at) as ended_at
from found as f
inner join report_state as s on f.subject = s.subject
where s.jurisdiction = %(jurisdiction)s
    and s.state not in ('', 'submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused')
    and (coalesce(s.ended_at, s.submitted_at), s.subject) < (%(after_ended_at)s, %(after_subject)s)
    and (%(category)s = '' or s.category = %(category)s)
    and (%(unit)s = '' or s.unit_code = %(unit)s)
    and (%(agency)s = '' or s.org_code = %(agency)s)
    and (%(unlimited)s or within_scope(s.unit_code, s.org_code, s.category, %(scope)s))
order by coalesce(s.ended_at, s.submitted_at) desc, s.subject desc
limit %(most)s;

-- name: lines
-- One row per report within reach, in the order in which they are named. `words`: sealed; null = none were told, or they are no longer kept. `by_name`:
-- who decided last; null = a source told it, or keys of decisions are no longer kept. Absent = out of reach, or gone.
select s.subject, s.jurisdiction, s.state, s.version, s.category, s.channel, s.unit_code, s.unit_valid_on, s.org_code, s.priority, s.submitted_at,
    s.due_at, s.suspended_at, s.ended_at, s.ended_as, s.reason_code, s.parent_id, s.simulated, s.lon_deg, s.lat_deg, s.pause_asked_at,
    s.extension_asked_at, s.wanted_due_at, s.reopened_count, s.returned_count, s.first_at, s.rating,
    s.jurisdiction = '' or f.subject is not null as decidable,
    f.address, f.attributes, c.sealed as words, k.name as by_name, k.actor as by_actor,
    (
        select count(*) from report_photo as p
        where p.subject = s.subject
    ) as photos
from unnest(%(subjects)s::text[]) with ordinality as a (subject, place)
inner join report_state as s on a.subject = s.subject
left join report_filing as f on s.subject = f.subject
left join contact as c on c.stream = 'report' and s.subject = c.subject and c.field = 'text'
left join decision_key as k on s.last_id = k.event_id
where s.state <> '' and within_scope(s.unit_code, s.org_code, s.category, %(scope)s)
order by a.place;

-- name: counts
-- How many open reports stand in each state within reach; `asking`: of those, whose agency waits for the centre's word. Absent = none is open.
with kinds as (
    select s.unit_code, s.org_code, s.category, s.state,
        count(*) as open_count,
        count(*) filter (where s.pause_asked_at is not null or s.extension_asked_at is not null) as asking_count,
        count(*) filter (where s.suspended_at is null and s.due_at < %(now)s) as late_count
    from report_state as s
    where s.jurisdiction = %(jurisdiction)s
        and s.state in ('submitted', 'needs_info', 'reopened', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused')
    group by s.unit_code, s.org_code, s.category, s.state
)

select k.state, sum(k.open_count)::int as n, sum(k.asking_count)::int as asking, sum(k.late_count)::int as late
from kinds as k
where %(unlimited)s or within_scope(k.unit_code, k.org_code, k.category, %(scope)s)
group by k.state;

-- name: jurisdictions
-- Jurisdictions for which reports were filed here, one after the other by the index. Absent = none was filed.
with recursive filed as (
    (
        select f.jurisdiction from report_filing as f
        order by f.jurisdiction
        limit 1
    )
    union all
    select (
        select f.jurisdiction from report_filing as f
        where f.jurisdiction > filed.jurisdiction
        order by f.jurisdiction
        limit 1
    ) from filed
    where filed.jurisdiction is not null
)

select filed.jurisdiction from filed
where filed.jurisdiction <> '';
