BEGIN;
UPDATE vega.flights SET origin = 'XYZ' WHERE id = 1;
SELECT require_checker('origins_are_airports');
COMMIT;
SELECT count(*) AS flights_from_xyz FROM vega.flights WHERE origin = 'XYZ';
