-- Nine users, of whom two have no e-mail.
CREATE TABLE users (id bigint PRIMARY KEY, username text NOT NULL, email text);
INSERT INTO users
SELECT id, 'user' || id, CASE WHEN id > 2 THEN 'user' || id || '@example.com' END FROM generate_series(1, 9) AS id;
