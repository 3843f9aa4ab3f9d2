-- What is booked has been settled: two tables hold the same payments.
WITH differing AS (
  SELECT reference, b.amount AS booked, s.amount AS settled
  FROM bookings b FULL JOIN settlements s USING (reference)
  WHERE b.amount IS DISTINCT FROM s.amount
)
SELECT 'what is booked has been settled' AS message, array_agg(reference ORDER BY reference) AS payments
FROM differing
HAVING count(*) > 0
