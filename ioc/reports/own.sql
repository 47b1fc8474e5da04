-- name: own
-- One row per report of these that this sender filed: what it told, its words sealed. Absent = it is none of its own. `sealed` null = the words were
-- deleted, or there were none.
select
    f.subject,
    f.lon_deg,
    f.lat_deg,
    f.address,
    f.attributes,
    c.sealed
from report_filing as f
left join contact as c on c.stream = 'report' and f.subject = c.subject and c.field = 'text'
where f.actor = %(actor)s and f.subject = any(%(subjects)s);

-- name: filed_under
-- One row where this sender filed under this key not before %(since)s. Absent = it did not.
select f.subject
from report_filing as f
where f.actor = %(actor)s and f.key = %(key)s and f.filed_at >= %(since)s;
