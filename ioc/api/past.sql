-- name: beginning
-- One row: the first local day on which anything of the province's daily life is counted. Null = nothing is known yet.
-- What is told of whole months or years (indicators, tourism) may lie long before and begins nothing.
select
    least(
        (select min(d.day) from dossier_daily as d),
        (
            select min(d.day) from report_daily as d
            where d.jurisdiction = ''
        ),
        (select min(d.day) from document_daily as d),
        (select min(d.day) from task_daily as d),
        (select min(d.day) from counter_daily as d),
        (select min(d.day) from incident_daily as d),
        (select min(d.day) from social_daily as d),
        (select (min(e.occurred_at) at time zone 'Asia/Ho_Chi_Minh')::date from environment_event as e),
        (select (min(e.occurred_at) at time zone 'Asia/Ho_Chi_Minh')::date from platform_event as e),
        (select (min(e.occurred_at) at time zone 'Asia/Ho_Chi_Minh')::date from camera_event as e)
    ) as first_day;
