-- name: weight
-- One row: how many reports are merged into one, the priority that its source told, and the last one that a person chose; null = nobody told one.
select
    (
        select count(*)::int from report_state as s
        where s.parent_id = %(subject)s and s.ended_as = 'merged'
    ) as merged,
    (
        select e.priority from report_event as e
        where e.subject = %(subject)s and e.type = 'vn.ioc.report.submitted.v1' and e.priority is not null and e.occurred_at >= %(first_at)s
        order by e.occurred_at
        limit 1
    ) as told,
    (
        select e.priority from report_event as e
        where e.subject = %(subject)s and e.type = 'vn.ioc.report.verified.v1' and e.priority is not null and e.occurred_at >= %(first_at)s
        order by e.occurred_at desc
        limit 1
    ) as chosen;
