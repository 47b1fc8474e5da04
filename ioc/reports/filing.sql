-- name: known
-- The filing that this sender made under this key. Absent = it is new.
select subject, digest
from report_filing
where actor = %(actor)s and key = %(key)s;

-- name: number
-- The next number of a series.
insert into report_number (series, last)
values (%(series)s, 1)
on conflict (series) do update set last = report_number.last + 1
returning last;

-- name: file
-- The filing, once. Absent = this sender used the key a moment ago.
insert into report_filing (
    subject, jurisdiction, category, channel, receipt_digest, actor, key, digest, event_id, lon_deg, lat_deg, address, attributes, filed_at
)
values (
    %(subject)s, %(jurisdiction)s, %(category)s, %(channel)s, %(receipt_digest)s, %(actor)s, %(key)s, %(digest)s, %(event_id)s, %(lon_deg)s,
    %(lat_deg)s, %(address)s, %(attributes)s, %(filed_at)s
)
on conflict do nothing
returning subject;

-- name: photo
-- No rows: a picture is kept.
insert into report_photo (
    media_id, subject, stage, body, sha256, look, width, height, lon_deg, lat_deg, taken_at, kept_at, kept_by
)
values (
    %(media_id)s, %(subject)s, %(stage)s, %(body)s, %(sha256)s, %(look)s, %(width)s, %(height)s, %(lon_deg)s, %(lat_deg)s, %(taken_at)s,
    %(kept_at)s, %(kept_by)s
);

-- name: words
-- No rows: the words of a report, with those that it had.
insert into report_words (subject, words)
select
    %(subject)s::text,
    array_agg(distinct told.word order by told.word) as words
from (
    select unnest(%(words)s::bigint[]) as word
    union all
    select unnest(k.words) as word from report_words as k
    where k.subject = %(subject)s
) as told
on conflict (subject) do update set words = excluded.words;

-- name: by_receipt
-- The report that a receipt code stands for; its state null = its event is still on its way. Absent = there is no such code.
select f.subject, f.jurisdiction, f.category, f.channel, f.filed_at, f.address, s.state, s.version, s.last_at, s.first_at, s.simulated,
    s.org_code, s.unit_code, s.unit_valid_on, s.submitted_at, s.due_at, s.resolved_at, s.ended_at, s.ended_as, s.reason_code, s.rating,
    s.parent_id, s.reopened_count
from report_filing as f
left join report_state as s on f.subject = s.subject and s.state <> ''
where f.receipt_digest = %(receipt_digest)s;
