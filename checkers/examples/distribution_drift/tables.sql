-- Amounts of last month and of this one; one of each is not known.
CREATE TABLE payments (id bigint PRIMARY KEY, this_month boolean NOT NULL, amount double precision);
INSERT INTO payments
SELECT id, id > 500, CASE WHEN id % 500 > 0 THEN 10 + (id * 7919 % 1000) / 100.0 END FROM generate_series(1, 1000) AS id;
