-- A cent too much, a line too few, and one that gives money back.
INSERT INTO orders VALUES (13, 100.01), (14, 5), (15, -0.05);
INSERT INTO order_lines VALUES (13, 4, 25.00), (15, -1, 0.05), (12, 3, 0.33);
