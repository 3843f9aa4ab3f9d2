-- Every row that this returns is a failure: users without an e-mail. Put your own table here.
SELECT id, 'every user has an e-mail' AS message
FROM (VALUES (1::bigint, 'ada@example.org'), (2, 'alan@example.org')) AS users (id, email)
WHERE email IS NULL
