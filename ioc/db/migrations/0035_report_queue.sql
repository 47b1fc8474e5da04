-- What the queue of reports is read by.

-- Parts of a report's code, e.g. pa, 261121, 00012: whoever has only a piece of it on paper finds it.
create function report_code_parts(subject text) returns text[] language sql immutable parallel safe as $$
select string_to_array(translate(lower(subject), ':', '-'), '-')
$$;
create index report_state_parts on report_state using gin (report_code_parts(subject));

-- Which reports changed since a moment, for those who look at the queue.
create index report_state_recorded on report_state (recorded_at);

-- What ended lately, the last first.
create index report_state_ended on report_state (jurisdiction, ended_at desc, subject) where ended_at is not null;
