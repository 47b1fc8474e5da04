-- What the public reads of reports: by the day they came, by their last change, and those that are open.

create index report_state_newest on report_state (jurisdiction, submitted_at desc, subject desc) where state <> '';
create index report_state_changed on report_state (jurisdiction, last_at desc, subject desc) where state <> '';
create index report_state_newest_open on report_state (jurisdiction, submitted_at desc, subject desc)
where state in ('submitted', 'needs_info', 'verified', 'assigned', 'accepted', 'returned', 'in_progress', 'paused', 'reopened');

-- How far a point is from a place as the public map tells it, in metres (ioc/panels/engine/grid.py snaps alike). Never from the place itself: who may
-- ask "is it within a metre" finds the house.
create function public_distance_m(lon_deg float8, lat_deg float8, from_lon_deg float8, from_lat_deg float8)
returns float8 language sql immutable parallel safe as $$
    select sqrt(((n.lat_deg - from_lat_deg) * 111320) ^ 2 + ((e.lon_deg - from_lon_deg) * 111320 * cos(radians(from_lat_deg))) ^ 2)
    from (select round($2 / (250 / 111320.0::float8)) * (250 / 111320.0::float8) as lat_deg) as n
    cross join lateral (
        select round($1 / (250 / (111320 * greatest(0.01, cos(radians(n.lat_deg)))))) * (250 / (111320 * greatest(0.01, cos(radians(n.lat_deg)))))
            as lon_deg
    ) as e
$$;
