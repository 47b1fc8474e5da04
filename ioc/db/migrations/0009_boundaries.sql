-- Boundaries of administrative units as they were imported, in the time they hold. Nothing is ever overwritten: a better layer replaces another.

create table boundary_layer (
    layer_id bigint generated always as identity primary key,
    level text not null check (level in ('province', 'district', 'commune')),
    valid_from date not null,
    valid_to date check (valid_to > valid_from),
    source text not null,
    licence text not null,
    file_name text not null,
    sha256 text not null,
    imported_at timestamptz not null,
    replaced_at timestamptz,
    unit_count int not null,
    partial bool not null,
    report jsonb not null
);

-- The outline of one unit. `geojson` is the full geometry, which decides where a point lies; `display` is simplified, for drawing only.
create table boundary (
    layer_id bigint not null references boundary_layer,
    unit_code text not null,
    unit_valid_from date not null,
    name text not null,
    geojson jsonb not null,
    display jsonb not null,
    west double precision not null,
    south double precision not null,
    east double precision not null,
    north double precision not null,
    primary key (layer_id, unit_code)
);

-- At most one layer of a level holds on a day.
create function boundary_layer_holds_alone() returns trigger language plpgsql as $$
declare
    other bigint;
begin
    perform pg_advisory_xact_lock(4711009);
    select min(b.layer_id) into other
    from boundary_layer a
    join boundary_layer b
        on b.level = a.level and b.layer_id <> a.layer_id and b.replaced_at is null
        and daterange(b.valid_from, b.valid_to) && daterange(a.valid_from, a.valid_to)
    where a.layer_id = new.layer_id and a.replaced_at is null;
    if other is not null then
        raise exclusion_violation using message = format('layer %s of the same level holds on some of these days', other);
    end if;
    return null;
end
$$;
create constraint trigger boundary_layer_holds_alone after insert or update on boundary_layer
deferrable initially immediate for each row execute function boundary_layer_holds_alone();
