-- Counted are all rows, kept as a sample are the first few.
SELECT r.checker, a.message, a.actual AS rows, failing_row
FROM runs r JOIN assertions a USING (run_id) CROSS JOIN jsonb_array_elements(a.sample) failing_row
WHERE NOT a.ok AND r.status = 'fail'
ORDER BY r.run_id, a.seq;

SELECT checker, state, severity, since, owner, runbook FROM alarms WHERE state <> 'ok';
