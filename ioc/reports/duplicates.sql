-- name: near
-- A report submitted within the window in the cell of a place or one beside it, the nearest in time first. Absent = none.
-- Reach is judged on those that are compared, by `traces`.
select s.subject
from report_state as s
where s.jurisdiction = %(jurisdiction)s and s.lat_deg is not null
    and floor(s.lat_deg * 200)::int = any(%(rows)s::int[]) and floor(s.lon_deg * 200)::int = any(%(columns)s::int[])
    and s.submitted_at >= %(since)s and s.submitted_at < %(until)s
    and s.ended_as is distinct from 'rejected' and s.subject <> %(subject)s
order by abs(extract(epoch from s.submitted_at - %(at)s::timestamptz)), s.subject
limit %(most)s;

-- name: worded
-- A report of the window that shares a rare word, where one of the two has no place; the nearest in time first. Absent = none.
select s.subject
from report_state as s
inner join report_words as k on s.subject = k.subject
where s.jurisdiction = %(jurisdiction)s and s.state <> '' and (s.lat_deg is null or not %(placeless)s)
    and s.submitted_at >= %(since)s and s.submitted_at < %(until)s
    and k.words && %(rare)s::bigint[]
    and s.ended_as is distinct from 'rejected' and s.subject <> %(subject)s
order by abs(extract(epoch from s.submitted_at - %(at)s::timestamptz)), s.subject
limit %(most)s;

-- name: traces
-- What is compared of a report; `leader`: the one that it is merged into, itself where it is not. Absent = not submitted, out of reach, or leading to
-- nothing that could be suggested (unless `whatever`).
select
    s.subject, s.jurisdiction, s.unit_code, s.category, s.submitted_at, s.lon_deg, s.lat_deg, coalesce(f.address, '') as address,
    coalesce(k.words, '{}') as words,
    array(
        select p.look
        from report_photo as p
        where p.subject = s.subject and p.stage = 'before'
    ) as looks,
    coalesce(head.subject, s.subject) as leader, coalesce(head.state, s.state) as leader_state,
    coalesce(head.submitted_at, s.submitted_at) as leader_submitted_at, head.lon_deg as leader_lon_deg, head.lat_deg as leader_lat_deg
from report_state as s
left join report_state as head
    on
        head.subject = case when s.ended_as = 'merged' and s.parent_id is not null then s.parent_id else s.subject end
        and head.submitted_at is not null and head.ended_as is distinct from 'rejected'
        and (s.subject = head.subject or within_scope(head.unit_code, head.org_code, head.category, %(scope)s))
left join report_filing as f on s.subject = f.subject
left join report_words as k on s.subject = k.subject
where s.subject = any(%(subjects)s) and s.submitted_at is not null
    and within_scope(s.unit_code, s.org_code, s.category, %(scope)s)
    and (%(whatever)s or head.subject is not null);

-- name: rarity
-- In how many of the newest reports with words a word stands. Absent = in none of them; `reports`: how many were looked at.
with told as (
    select k.words
    from (
        select s.subject
        from report_state as s
        where s.jurisdiction = %(jurisdiction)s and s.state <> ''
        order by s.submitted_at desc
        limit %(sample)s
    ) as newest
    inner join report_words as k on newest.subject = k.subject
)

select
    word,
    count(*)::int as n,
    (select count(*)::int from told) as reports
from (select unnest(words) as word from told) as each_word
group by word;
