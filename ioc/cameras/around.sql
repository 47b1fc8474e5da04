-- name: reports
-- Reports of the province within reach that lie in a box, in WGS 84 degrees, and were sent in a span; the newest first. Absent = none was.
select s.subject, s.category, s.state, s.lon_deg, s.lat_deg, s.submitted_at, s.simulated
from report_state as s
where s.jurisdiction = '' and s.state <> '' and s.submitted_at >= %(since)s and s.submitted_at <= %(until)s
    and s.lon_deg between %(west_deg)s and %(east_deg)s and s.lat_deg between %(south_deg)s and %(north_deg)s
    and within_scope(s.unit_code, s.org_code, s.category, %(scope)s)
order by s.submitted_at desc, s.subject
limit %(most)s;

-- name: report
-- One report within reach, where and when. Absent = out of reach, or not there. Null = it has no place.
select s.subject, s.category, s.state, s.lon_deg, s.lat_deg, s.submitted_at, s.simulated
from report_state as s
where s.subject = %(subject)s and s.state <> '' and within_scope(s.unit_code, s.org_code, s.category, %(scope)s);

-- name: incidents
-- Incidents within reach in a box that were reported in a span, the newest first. Absent = none was.
select s.subject, s.kind, s.state, s.lon_deg, s.lat_deg, s.reported_at, s.simulated
from incident_state as s
where s.state not in ('', 'cancelled') and s.reported_at >= %(since)s and s.reported_at <= %(until)s
    and s.lon_deg between %(west_deg)s and %(east_deg)s and s.lat_deg between %(south_deg)s and %(north_deg)s
    and within_scope(s.unit_code, s.org_code, '', %(scope)s)
order by s.reported_at desc, s.subject
limit %(most)s;

-- name: incident
-- One incident within reach. Absent = out of reach, or not there. Null = it has no place.
select s.subject, s.kind, s.state, s.lon_deg, s.lat_deg, s.reported_at, s.simulated
from incident_state as s
where s.subject = %(subject)s and s.state <> '' and within_scope(s.unit_code, s.org_code, '', %(scope)s);
