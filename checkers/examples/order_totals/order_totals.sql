-- The lines of every order add up to its total, to the cent.
WITH compared AS (
  SELECT o.id, o.total, coalesce(sum(l.quantity * l.price), 0) AS lines
  FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
  GROUP BY o.id
)
SELECT 'the lines of every order add up to its total' AS message, count(*) AS wrong, array_agg(id ORDER BY id) AS orders
FROM compared
WHERE lines <> total
HAVING count(*) > 0
