SELECT checker.create_dataset('order_lines', $$
  SELECT o.id AS order_id, o.total, l.quantity, l.price
  FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
  ORDER BY o.id
$$);

-- What the rule reads, which counts rows but adds up no groups.
SELECT checker.create_dataset('wrong_orders', $$
  SELECT o.id
  FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
  GROUP BY o.id
  HAVING o.total <> coalesce(sum(l.quantity * l.price), 0)
  ORDER BY o.id
$$);
