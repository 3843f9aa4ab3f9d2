-- What was booked, and what the bank has settled, in its own order.
CREATE TABLE bookings (reference text PRIMARY KEY, amount numeric(12,2) NOT NULL);
CREATE TABLE settlements (reference text PRIMARY KEY, amount numeric(12,2) NOT NULL);
INSERT INTO bookings SELECT 'P' || id, id * 1.25 FROM generate_series(1, 3000) AS id;
INSERT INTO settlements SELECT * FROM bookings ORDER BY md5(reference);
