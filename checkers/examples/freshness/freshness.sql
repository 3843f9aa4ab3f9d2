-- Every source has sent something lately: within parameter "max_age_minutes" (60).
WITH newest AS (
  SELECT s.name AS source, max(e.received_at) AS newest
  FROM sources s LEFT JOIN events e ON e.source = s.name
  GROUP BY s.name
)
SELECT 'every source has sent something lately' AS message, array_agg(source ORDER BY source) AS late
FROM newest
WHERE (newest >= now() - checker.param('max_age_minutes', '60')::int * interval '1 minute') IS NOT TRUE
HAVING count(*) > 0
