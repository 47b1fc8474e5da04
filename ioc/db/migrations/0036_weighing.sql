-- What likely duplicates are looked for by: a cell of 0.005 degrees (about 550 m) and time; and what is merged into a report.

create index report_state_cell on report_state (
    jurisdiction, (floor(lat_deg * 200)::int), (floor(lon_deg * 200)::int), submitted_at
) where lat_deg is not null;
create index report_state_placeless on report_state (jurisdiction, submitted_at) where lat_deg is null;
create index report_state_parent on report_state (parent_id) where parent_id is not null;
