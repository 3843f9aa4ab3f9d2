SELECT checker.create_dataset('amounts_before', 'SELECT amount FROM payments WHERE NOT this_month ORDER BY id'),
       checker.create_dataset('amounts_now', 'SELECT amount FROM payments WHERE this_month ORDER BY id');

-- What the rule reads, which compares one dataset's figure with a number.
SELECT checker.create_dataset('amounts_shift', $$
  SELECT abs(avg(amount) FILTER (WHERE this_month) - avg(amount) FILTER (WHERE NOT this_month))
    / stddev_samp(amount) FILTER (WHERE NOT this_month) AS shift
  FROM payments
$$);
