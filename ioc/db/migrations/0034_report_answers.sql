-- What citizens told later about their reports: once for each form, and never two things about the same state at once.

-- One row per answer of a citizen that was taken; the event goes to Kafka by the outbox, so that the row is there before the report moves.
-- `version`: of the report when the answer was given; `key`: of the form, so that the same answer counts once. Absent = nothing was told.
create table report_answer (
    subject text not null,
    key text not null,
    fact text not null,
    digest bytea not null,
    version bigint not null,
    told_at timestamptz not null,
    primary key (subject, key)
);
create index report_answer_told on report_answer (subject, told_at);

create or replace function report_words_forget() returns trigger language plpgsql as $$
begin
    delete from report_words where subject = old.subject;
    delete from report_answer where subject = old.subject;
    delete from report_photo where subject = old.subject and stage = 'before';
    return null;
end
$$;
