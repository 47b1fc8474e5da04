-- Who looks says how: what nobody is shown is not built anew for each event.

-- One row per way of showing things (language, or language.guests) that some viewer follows, until when that was said to hold.
create unlogged table live_wanted (
    variant text primary key,
    wanted_until timestamptz not null
);
