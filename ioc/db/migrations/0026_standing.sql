-- How much the centre is on its guard, as a person decided (domain notes §0.3): it is no level of a disaster and no number.

-- One row per decision; the newest holds. `state` null = nothing is shown.
create table duty_standing (
    standing_id bigint generated always as identity primary key,
    state text check (state in ('normal', 'watch', 'raised', 'response')),
    reason text not null,
    set_at timestamptz not null,
    set_by text not null
);
