-- Seven have none.
UPDATE users SET email = NULL WHERE id BETWEEN 3 AND 7;
