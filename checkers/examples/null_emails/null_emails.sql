-- Few users are without an e-mail: less than parameter "limit" (3), or twice as many on days off.
SELECT 'few users are without an e-mail' AS message, count(*) AS without_email
FROM users
WHERE email IS NULL
HAVING count(*) >= checker.param('limit', '3')::bigint
  * CASE WHEN extract(isodow FROM now()) < 6 AND NOT EXISTS (SELECT FROM checker.holiday WHERE day = now()::date)
    THEN 1 ELSE 2 END
