-- Amounts are distributed as before: their mean has moved by at most parameter "max_shift" (0.5) of the standard
-- deviation that they had.
WITH moments AS (
  SELECT avg(amount) FILTER (WHERE this_month) AS now, avg(amount) FILTER (WHERE NOT this_month) AS before,
         stddev_samp(amount) FILTER (WHERE NOT this_month) AS deviation
  FROM payments
)
SELECT 'amounts are distributed as before' AS message, now, before, deviation
FROM moments
WHERE abs(now - before) > checker.param('max_shift', '0.5')::float8 * deviation
