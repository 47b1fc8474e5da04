-- Counts at a moment within a day: the daily counts as they stood when the day before ended, and what the day has changed since. Before,
-- every interval of the period was read: a year's for a year's figure. `as_of` with `from_history` is that day before; null = all is
-- made of the intervals as known then (the time machine), in proportion to the period.

create or replace function dossier_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    unit_code text, org_code text, channel text, service_level text,
    submitted int, received int, resolved int, early int, on_time int, late int, really_late int, delivery_unknown int, in_time_first int, refused int, withdrawn int, withdrawn_unreceived int, stopped int, supplemented int, supplemented_again int, digitised int, reused int, electronic_result int, fee_due int, paid_online int, due_differs int, apology_owed int, apologised int, late_slow_data_entry int, late_technical_fault int, late_applicant_unreachable int, late_complex_verification int, late_inter_agency int, late_other int, rated int, satisfied int,
    used_s bigint,
    committed_d bigint,
    statutory_d bigint
) language sql stable parallel safe as $$
select
    d.unit_code, d.org_code, d.channel, d.service_level,
    d.submitted, d.received, d.resolved, d.early, d.on_time, d.late, d.really_late, d.delivery_unknown, d.in_time_first, d.refused, d.withdrawn, d.withdrawn_unreceived, d.stopped, d.supplemented, d.supplemented_again, d.digitised, d.reused, d.electronic_result, d.fee_due, d.paid_online, d.due_differs, d.apology_owed, d.apologised, d.late_slow_data_entry, d.late_technical_fault, d.late_applicant_unreachable, d.late_complex_verification, d.late_inter_agency, d.late_other, d.rated, d.satisfied, d.used_s, d.committed_d, d.statutory_d
from dossier_daily as d
where (not from_history or as_of is not null) and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.unit_code, h.org_code, h.channel, h.service_level,
    h.sign * coalesce(submitted_at >= f.since and submitted_at < f.until, false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until, false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until, false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'early', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'on_time', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and delivered_at > due_at, false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and delivered_at is null, false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and finished_at <= first_due_at, false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and state = 'refused', false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and state = 'withdrawn' and received_at is not null, false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and state = 'withdrawn' and received_at is null, false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and state = 'stopped', false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until and supplement_count > 0, false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until and supplement_count > 1, false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until and digitised, false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until and reused, false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and electronic_result, false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until and fee_due, false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until and fee_due and paid_online, false)::int,
    h.sign * coalesce(received_at >= f.since and received_at < f.until and due_differs, false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and (outcome = 'late' or extension_count > 0), false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and (outcome = 'late' or extension_count > 0) and apology_at is not null, false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'slow_data_entry', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'technical_fault', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'applicant_unreachable', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'complex_verification', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'inter_agency', false)::int,
    h.sign * coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and coalesce(late_cause, '') not in ('slow_data_entry', 'technical_fault', 'applicant_unreachable', 'complex_verification', 'inter_agency'), false)::int,
    h.sign * coalesce(rated_at >= f.since and rated_at < f.until, false)::int,
    h.sign * coalesce(rated_at >= f.since and rated_at < f.until and rating > 3, false)::int,
    h.sign * (case when finished_at >= f.since and finished_at < f.until then coalesce(used_s, 0) else 0 end)::bigint,
    h.sign * (case when received_at >= f.since and received_at < f.until and committed_unit = 'working_day' and statutory_unit = 'working_day' and statutory_n > 0 then coalesce(committed_n, 0) else 0 end)::bigint,
    h.sign * (case when received_at >= f.since and received_at < f.until and committed_unit = 'working_day' and statutory_unit = 'working_day' and statutory_n > 0 then statutory_n else 0 end)::bigint
from (
    select
        since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since,
        until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until,
        (as_of + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh' as base
) as f
cross join lateral (
    select 1 as sign, w.*
    from dossier_history as w
    where
        from_history and as_of is null
        and w.from_at >= f.since and w.from_at < seen_at and w.to_at >= seen_at and w.known_from <= known_at and w.known_to > known_at
    union all
    select 1 as sign, w.*
    from dossier_history as w
    where
        from_history and as_of is not null
        and w.from_at >= f.base and w.from_at < seen_at and w.to_at >= seen_at and w.known_to = 'infinity'
    union all
    select -1 as sign, p.*
    from dossier_history as w
    inner join dossier_history as p on w.subject = p.subject
    where
        from_history and as_of is not null
        and w.from_at >= f.base and w.from_at < seen_at and w.to_at >= seen_at and w.known_to = 'infinity'
        and p.from_at < f.base and p.to_at >= f.base and p.known_to = 'infinity'
) as h
$$;

create or replace function report_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    jurisdiction text, unit_code text, category text, channel text,
    submitted int, resolved int, on_time int, late int, rejected int, merged int, referred int, spam int, reopened int, rated int, satisfied int
) language sql stable parallel safe as $$
select
    d.jurisdiction, d.unit_code, d.category, d.channel,
    d.submitted, d.resolved, d.on_time, d.late, d.rejected, d.merged, d.referred, d.spam, d.reopened, d.rated, d.satisfied
from report_daily as d
where (not from_history or as_of is not null) and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.jurisdiction, h.unit_code, h.category, h.channel,
    h.sign * coalesce(submitted_at >= f.since and submitted_at < f.until, false)::int,
    h.sign * coalesce(resolved_at >= f.since and resolved_at < f.until, false)::int,
    h.sign * coalesce(resolved_at >= f.since and resolved_at < f.until and outcome = 'on_time', false)::int,
    h.sign * coalesce(resolved_at >= f.since and resolved_at < f.until and outcome = 'late', false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'rejected', false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'merged', false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'referred', false)::int,
    h.sign * coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'rejected' and reason_code = 'spam', false)::int,
    h.sign * coalesce(submitted_at >= f.since and submitted_at < f.until and reopened_count > 0, false)::int,
    h.sign * coalesce(resolved_at >= f.since and resolved_at < f.until and rating > 0, false)::int,
    h.sign * coalesce(resolved_at >= f.since and resolved_at < f.until and rating > 1, false)::int
from (
    select
        since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since,
        until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until,
        (as_of + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh' as base
) as f
cross join lateral (
    select 1 as sign, w.*
    from report_history as w
    where
        from_history and as_of is null
        and w.from_at >= f.since and w.from_at < seen_at and w.to_at >= seen_at and w.known_from <= known_at and w.known_to > known_at
    union all
    select 1 as sign, w.*
    from report_history as w
    where
        from_history and as_of is not null
        and w.from_at >= f.base and w.from_at < seen_at and w.to_at >= seen_at and w.known_to = 'infinity'
    union all
    select -1 as sign, p.*
    from report_history as w
    inner join report_history as p on w.subject = p.subject
    where
        from_history and as_of is not null
        and w.from_at >= f.base and w.from_at < seen_at and w.to_at >= seen_at and w.known_to = 'infinity'
        and p.from_at < f.base and p.to_at >= f.base and p.known_to = 'infinity'
) as h
$$;
