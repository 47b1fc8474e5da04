-- Deadlines are computed: dossiers and reports carry terms, suspensions and what the published indices count. Daily counts say on
-- which day (in event time) each count came about, so that a past day's end shows exactly what was true then. States, history and
-- counts of events stored before this are made again by `ioc rebuild`.

alter table dossier_event
    add column service_level text,
    add column applicant_kind text,
    add column person_ref text,
    add column committed_n smallint,
    add column committed_unit text,
    add column statutory_n smallint,
    add column statutory_unit text,
    add column old_due_at timestamptz,
    add column components smallint,
    add column digitised bool,
    add column reused bool,
    add column step_name text,
    add column step_due_at timestamptz,
    add column from_org text,
    add column to_unit text,
    add column request_no smallint,
    add column reason text,
    add column form_no text,
    add column signer_role text,
    add column electronic_result bool,
    add column fee_due bool,
    add column fee_kind text,
    add column provider text,
    add column score_attitude smallint,
    add column score_time smallint,
    add column score_convenience smallint;

alter table dossier_state
    add column holder_org text not null default '',
    add column holder_unit text not null default '',
    add column service_level text not null default '',
    add column applicant_kind text,
    add column committed_n smallint,
    add column committed_unit text,
    add column statutory_n smallint,
    add column statutory_unit text,
    add column reception_due_at timestamptz,
    add column due_differs bool not null default false,
    add column suspended_at timestamptz,
    add column suspended_s int not null default 0,
    add column used_s int,
    add column step_due_at timestamptz,
    add column late_org text,
    add column digitised bool,
    add column reused bool,
    add column electronic_result bool,
    add column fee_due bool,
    add column paid_online bool not null default false,
    add column rated_at timestamptz;
create index dossier_state_submitted on dossier_state (reception_due_at) where state = 'submitted';

alter table dossier_history
    add column service_level text not null default '',
    add column submitted_at timestamptz,
    add column first_due_at timestamptz,
    add column ended_at timestamptz,
    add column late_cause text,
    add column supplement_count int not null default 0,
    add column extension_count int not null default 0,
    add column apology_at timestamptz,
    add column committed_n smallint,
    add column committed_unit text,
    add column statutory_n smallint,
    add column statutory_unit text,
    add column due_differs bool not null default false,
    add column digitised bool,
    add column reused bool,
    add column electronic_result bool,
    add column fee_due bool,
    add column paid_online bool not null default false,
    add column used_s int,
    add column rating smallint,
    add column rated_at timestamptz;

drop table dossier_daily;
create table dossier_daily (
    day date not null,
    as_of_day date not null,
    unit_code text not null,
    org_code text not null,
    channel text not null,
    service_level text not null,
    submitted int not null default 0,
    received int not null default 0,
    resolved int not null default 0,
    early int not null default 0,
    on_time int not null default 0,
    late int not null default 0,
    really_late int not null default 0,
    delivery_unknown int not null default 0,
    in_time_first int not null default 0,
    refused int not null default 0,
    withdrawn int not null default 0,
    withdrawn_unreceived int not null default 0,
    stopped int not null default 0,
    supplemented int not null default 0,
    supplemented_again int not null default 0,
    digitised int not null default 0,
    reused int not null default 0,
    electronic_result int not null default 0,
    fee_due int not null default 0,
    paid_online int not null default 0,
    due_differs int not null default 0,
    apology_owed int not null default 0,
    apologised int not null default 0,
    late_slow_data_entry int not null default 0,
    late_technical_fault int not null default 0,
    late_applicant_unreachable int not null default 0,
    late_complex_verification int not null default 0,
    late_inter_agency int not null default 0,
    late_other int not null default 0,
    rated int not null default 0,
    satisfied int not null default 0,
    used_s bigint not null default 0,
    committed_d bigint not null default 0,
    statutory_d bigint not null default 0,
    primary key (day, as_of_day, unit_code, org_code, channel, service_level)
) with (fillfactor = 70);

alter table report_event
    add column reporter_kind text,
    add column text_ref text,
    add column media_ref text[],
    add column unit_by_place bool,
    add column approved bool;

alter table report_state
    add column assigned_at timestamptz,
    add column accepted_at timestamptz,
    add column due_given bool not null default false,
    add column suspended_at timestamptz,
    add column reason_code text,
    add column extension_count int not null default 0;
create index report_state_submitted on report_state (submitted_at);

alter table report_history
    add column assigned_at timestamptz,
    add column accepted_at timestamptz,
    add column suspended_at timestamptz,
    add column ended_at timestamptz,
    add column ended_as text,
    add column reason_code text,
    add column channel text not null default '',
    add column reopened_count int not null default 0,
    add column returned_count int not null default 0;

drop table report_daily;
create table report_daily (
    day date not null,
    as_of_day date not null,
    jurisdiction text not null,
    unit_code text not null,
    category text not null,
    channel text not null,
    submitted int not null default 0,
    resolved int not null default 0,
    on_time int not null default 0,
    late int not null default 0,
    rejected int not null default 0,
    merged int not null default 0,
    referred int not null default 0,
    spam int not null default 0,
    reopened int not null default 0,
    rated int not null default 0,
    satisfied int not null default 0,
    primary key (day, as_of_day, jurisdiction, unit_code, category, channel)
) with (fillfactor = 70);

-- What the daily counts hold of the days [since_day, until_day), ungrouped: the caller sums what it needs. `as_of`: as it stood at the end
-- of that day (null = now). `from_history`: the same made of the intervals at `seen_at` as known at `known_at`, for moments within a
-- day and for what was known then; a fact within the days begins an interval within them, so only those are read.
create function dossier_counts(
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
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.unit_code, h.org_code, h.channel, h.service_level,
    coalesce(submitted_at >= f.since and submitted_at < f.until, false)::int,
    coalesce(received_at >= f.since and received_at < f.until, false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until, false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'early', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'on_time', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and delivered_at > due_at, false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and delivered_at is null, false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and finished_at <= first_due_at, false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and state = 'refused', false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and state = 'withdrawn' and received_at is not null, false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and state = 'withdrawn' and received_at is null, false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and state = 'stopped', false)::int,
    coalesce(received_at >= f.since and received_at < f.until and supplement_count > 0, false)::int,
    coalesce(received_at >= f.since and received_at < f.until and supplement_count > 1, false)::int,
    coalesce(received_at >= f.since and received_at < f.until and digitised, false)::int,
    coalesce(received_at >= f.since and received_at < f.until and reused, false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and electronic_result, false)::int,
    coalesce(received_at >= f.since and received_at < f.until and fee_due, false)::int,
    coalesce(received_at >= f.since and received_at < f.until and fee_due and paid_online, false)::int,
    coalesce(received_at >= f.since and received_at < f.until and due_differs, false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and (outcome = 'late' or extension_count > 0), false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and (outcome = 'late' or extension_count > 0) and apology_at is not null, false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'slow_data_entry', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'technical_fault', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'applicant_unreachable', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'complex_verification', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and late_cause = 'inter_agency', false)::int,
    coalesce(finished_at >= f.since and finished_at < f.until and outcome = 'late' and coalesce(late_cause, '') not in ('slow_data_entry', 'technical_fault', 'applicant_unreachable', 'complex_verification', 'inter_agency'), false)::int,
    coalesce(rated_at >= f.since and rated_at < f.until, false)::int,
    coalesce(rated_at >= f.since and rated_at < f.until and rating > 3, false)::int,
    (case when finished_at >= f.since and finished_at < f.until then coalesce(used_s, 0) else 0 end)::bigint,
    (case when received_at >= f.since and received_at < f.until and committed_unit = 'working_day' and statutory_unit = 'working_day' and statutory_n > 0 then coalesce(committed_n, 0) else 0 end)::bigint,
    (case when received_at >= f.since and received_at < f.until and committed_unit = 'working_day' and statutory_unit = 'working_day' and statutory_n > 0 then statutory_n else 0 end)::bigint
from dossier_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
where from_history and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
$$;

create function report_counts(
    since_day date, until_day date, seen_at timestamptz, known_at timestamptz, as_of date, from_history bool
) returns table (
    jurisdiction text, unit_code text, category text, channel text,
    submitted int, resolved int, on_time int, late int, rejected int, merged int, referred int, spam int, reopened int, rated int, satisfied int
) language sql stable parallel safe as $$
select
    d.jurisdiction, d.unit_code, d.category, d.channel,
    d.submitted, d.resolved, d.on_time, d.late, d.rejected, d.merged, d.referred, d.spam, d.reopened, d.rated, d.satisfied
from report_daily as d
where not from_history and d.day >= since_day and d.day < until_day and (as_of is null or d.as_of_day <= as_of)
union all
select
    h.jurisdiction, h.unit_code, h.category, h.channel,
    coalesce(submitted_at >= f.since and submitted_at < f.until, false)::int,
    coalesce(resolved_at >= f.since and resolved_at < f.until, false)::int,
    coalesce(resolved_at >= f.since and resolved_at < f.until and outcome = 'on_time', false)::int,
    coalesce(resolved_at >= f.since and resolved_at < f.until and outcome = 'late', false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'rejected', false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'merged', false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'referred', false)::int,
    coalesce(ended_at >= f.since and ended_at < f.until and resolved_at is null and ended_as = 'rejected' and reason_code = 'spam', false)::int,
    coalesce(submitted_at >= f.since and submitted_at < f.until and reopened_count > 0, false)::int,
    coalesce(resolved_at >= f.since and resolved_at < f.until and rating > 0, false)::int,
    coalesce(resolved_at >= f.since and resolved_at < f.until and rating > 1, false)::int
from report_history as h
cross join (
    select since_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as since, until_day::timestamp at time zone 'Asia/Ho_Chi_Minh' as until
) as f
where from_history and h.from_at >= f.since and h.from_at < seen_at and h.to_at >= seen_at and h.known_from <= known_at and h.known_to > known_at
$$;

-- Under which fold and which rules (calendar, terms) a stream's states were made; another one asks for `ioc rebuild`.
create table fold_stamp (
    stream text primary key,
    stamp text not null,
    stamped_at timestamptz not null
);
