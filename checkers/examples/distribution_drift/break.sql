-- The currency has changed, and nobody said so.
UPDATE payments SET amount = amount * 1.2 WHERE this_month;
