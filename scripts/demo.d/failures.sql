SELECT r.checker, a.actual, a.exact, failing_row
FROM runs r JOIN assertions a USING (run_id) CROSS JOIN jsonb_array_elements(a.sample) failing_row
WHERE NOT a.ok AND r.status = 'fail'
ORDER BY r.run_id, a.seq;

SELECT * FROM alarms WHERE state <> 'ok';
