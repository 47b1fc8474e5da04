-- name: heard
-- One row per source of the asked streams: when it was last heard. Absent = never heard.
select stream, source, last_occurred_at, last_recorded_at, simulated
from source_state
where stream = any(%(streams)s);

-- name: attention_gaps
-- One row per partition with lost offsets that nobody has closed. Absent = nothing was lost.
select topic, partition, sum(to_offset - from_offset)::bigint as count, min(found_at) as since
from stream_gap
where closed_at is null and topic = any(%(topics)s)
group by topic, partition
order by topic, partition;

-- name: attention_pauses
-- One row per partition that is read no further until a person resumes it. Absent = all are read.
select topic, partition, 1::bigint as count, paused_at as since
from partition_pause
where resumed_at is null and topic = any(%(topics)s)
order by topic, partition;
