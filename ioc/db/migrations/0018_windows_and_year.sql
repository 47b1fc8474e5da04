-- The year's figures read these columns of 93,000 rows a year; from the index alone that is half the time, and other years are not touched.
create index dossier_daily_year_idx on dossier_daily (day, as_of_day)
include (received, resolved, early, on_time, late, really_late, delivery_unknown, withdrawn, stopped);

-- How far back the newest word of a stream's sources still counts: at least so long, and as long as the slowest of them promises to need
-- (a camera polled each quarter of an hour, a scenario played at a high speed).
create function heard_within(of_stream text, least_window interval) returns interval language sql stable parallel safe as $$
select greatest(least_window, max(make_interval(secs => p.expected_s))) from source_promise as p where p.stream = of_stream
$$;
