-- name: layers
-- One row per imported layer, newest first; `replaced_at` is set once another took its place. Absent = nothing was imported.
select layer_id, level, valid_from, valid_to, source, licence, file_name, sha256, imported_at, replaced_at, unit_count, partial
from boundary_layer
order by layer_id desc;

-- name: layer
-- The one layer with a number, with what its import said. Absent = there is no such layer.
select layer_id, level, valid_from, valid_to, source, licence, file_name, sha256, imported_at, replaced_at, unit_count, partial, report
from boundary_layer
where layer_id = %(layer_id)s;

-- name: layer_of_day
-- The one layer of a level that holds on a day. Absent = no boundaries are known for that day.
select layer_id, valid_from, valid_to, source, licence, sha256, unit_count, partial
from boundary_layer
where
    level = %(level)s and replaced_at is null
    and valid_from <= %(day)s::date and (valid_to is null or %(day)s::date < valid_to);

-- name: drawn
-- One row per unit of a layer, in order of code, as it is drawn.
select unit_code, unit_valid_from, name, display, west, south, east, north
from boundary
where layer_id = %(layer_id)s
order by unit_code;

-- name: outlines
-- One row per unit of all layers of a level that are in force: full geometry, as text.
select l.layer_id, l.valid_from, l.valid_to, l.partial, b.unit_code, b.geojson::text
from boundary_layer as l
inner join boundary as b on l.layer_id = b.layer_id
where l.level = %(level)s and l.replaced_at is null
order by l.valid_from, b.unit_code;

-- name: replace
-- Takes out of force the layers of a level that hold on some day of the given ones. One row per layer taken out.
update boundary_layer set replaced_at = %(at)s
where
    level = %(level)s and replaced_at is null
    and daterange(valid_from, valid_to) && daterange(%(valid_from)s::date, %(valid_to)s::date)
returning layer_id, valid_from, valid_to;

-- name: end_layer
-- Takes a layer out of force. One row where it was in force; absent = there is no such layer, or it was out of force.
update boundary_layer set replaced_at = %(at)s
where layer_id = %(layer_id)s and replaced_at is null
returning layer_id;

-- name: add_layer
-- The new layer's number.
insert into boundary_layer
(level, valid_from, valid_to, source, licence, file_name, sha256, imported_at, unit_count, partial, report)
values (
    %(level)s, %(valid_from)s, %(valid_to)s, %(source)s, %(licence)s, %(file_name)s, %(sha256)s, %(imported_at)s,
    %(unit_count)s, %(partial)s, %(report)s
)
returning layer_id;

-- name: add_boundary
-- No row comes back.
insert into boundary
(layer_id, unit_code, unit_valid_from, name, geojson, display, west, south, east, north)
values (
    %(layer_id)s, %(unit_code)s, %(unit_valid_from)s, %(name)s, %(geojson)s, %(display)s,
    %(west)s, %(south)s, %(east)s, %(north)s
);
