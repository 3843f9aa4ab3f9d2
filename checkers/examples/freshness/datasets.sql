SELECT checker.create_dataset('newest_events', $$
  SELECT s.name AS source, max(e.received_at) AS newest
  FROM sources s LEFT JOIN events e ON e.source = s.name
  GROUP BY s.name
  ORDER BY s.name COLLATE "C"
$$);

-- What the rule reads, whose "fresh" looks at the newest row of all sources together.
SELECT checker.create_dataset('late_sources', $$
  SELECT s.name AS source, max(e.received_at) AS newest
  FROM sources s LEFT JOIN events e ON e.source = s.name
  GROUP BY s.name
  HAVING (max(e.received_at) >= now() - checker.param('max_age_minutes', '60')::int * interval '1 minute') IS NOT TRUE
  ORDER BY s.name
$$);
