-- Three orders whose lines add up; the last one is empty.
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(12,2) NOT NULL);
CREATE TABLE order_lines (order_id bigint REFERENCES orders, quantity int, price numeric(12,2));
INSERT INTO orders VALUES (10, 300.00), (11, 9999999999.99), (12, 0);
INSERT INTO order_lines VALUES (10, 2, 100.25), (10, 1, 99.50), (11, 1, 9999999999.99);
