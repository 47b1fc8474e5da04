-- name: subjects
-- One row per bulletin whose newest message, or whose first, is one of these. Absent = nothing of it is stored.
select subject, identifier
from environment_state
where bulletin_at is not null and (subject = any(%(identifiers)s) or identifier = any(%(identifiers)s));

-- name: known
-- The identity, if an event has it. Absent = it was never stored.
select identity
from event_identity
where identity = %(identity)s;

-- name: outlines_on
-- One row per commune of the boundaries that hold on a day and whose box meets the given one, with its official outline (GeoJSON).
select b.unit_code, b.geojson::text as outline
from boundary_layer as l
inner join boundary as b on l.layer_id = b.layer_id
where l.level = 'commune' and l.replaced_at is null
    and l.valid_from <= %(day)s::date and (l.valid_to is null or %(day)s::date < l.valid_to)
    and b.west <= %(east)s and b.east >= %(west)s and b.south <= %(north)s and b.north >= %(south)s
order by b.unit_code;

-- name: has_outlines
-- The layer of communes that holds on a day. Absent = no boundaries of that day were imported.
select layer_id
from boundary_layer
where level = 'commune' and replaced_at is null
    and valid_from <= %(day)s::date and (valid_to is null or %(day)s::date < valid_to);
