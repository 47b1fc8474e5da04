-- name: told_day
-- One row: the newest day up to the one shown, of the last month, that a source told its control totals of. Null = none told.
select max(c.day) as day
from control_total as c
where c.stream = any(%(streams)s) and c.day > %(month_ago)s and c.day <= %(day)s;
