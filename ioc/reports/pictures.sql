-- name: one
-- A picture of a report that the grants reach, or of one that is still on its way here and that its keeper sent. Absent = there is none, or it is
-- another's: which of the two is not told.
select
    p.body,
    p.subject,
    p.stage,
    p.shown
from report_photo as p
left join report_state as s on p.subject = s.subject and s.state <> ''
where p.media_id = %(media_id)s
    and case
        when s.subject is null then p.kept_by = %(actor)s or within_scope('', '', '', %(scope)s)
        else within_scope(s.unit_code, s.org_code, s.category, %(scope)s)
    end;

-- name: shown
-- A picture that a person has shown to the public. Absent = there is none, or it is not shown.
select p.body
from report_photo as p
where p.media_id = %(media_id)s and p.shown;

-- name: reached
-- The report, where the grants reach it. Absent = there is none, or it is another's.
select s.subject
from report_state as s
where s.subject = %(subject)s and s.state <> '' and within_scope(s.unit_code, s.org_code, s.category, %(scope)s);

-- name: same
-- The picture that this person sent of this report before, with the count of all its pictures of the stage. Always one row; null = it is new.
select
    (array_agg(p.media_id) filter (where p.sha256 = %(sha256)s and p.kept_by = %(actor)s))[1] as media_id,
    count(*) as pictures
from report_photo as p
where p.subject = %(subject)s and p.stage = %(stage)s;

-- name: show
-- Whether the picture was shown before; it is as asked for now. Absent = there is none.
update report_photo as p set shown = %(shown)s
from (
    select b.media_id, b.shown
    from report_photo as b
    where b.media_id = %(media_id)s
    for update
) as before
where p.media_id = before.media_id
returning before.shown;

-- name: hints
-- One row per picture of a report whose file told where it was taken, with the place that was told of the report, the first first. Absent = none did.
select
    p.media_id,
    p.lon_deg,
    p.lat_deg,
    p.taken_at,
    coalesce(s.lon_deg, f.lon_deg) as told_lon_deg,
    coalesce(s.lat_deg, f.lat_deg) as told_lat_deg
from report_photo as p
left join report_state as s on p.subject = s.subject and s.state <> ''
left join report_filing as f on p.subject = f.subject
where p.subject = %(subject)s and p.lon_deg is not null and coalesce(s.lon_deg, f.lon_deg) is not null
order by p.kept_at, p.media_id;
