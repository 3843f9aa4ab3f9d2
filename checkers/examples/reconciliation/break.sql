-- One is lost, two are somebody else's, and one has lost its cents.
DELETE FROM settlements WHERE reference = 'P1000';
INSERT INTO settlements VALUES ('P1000b', 1250.00), ('Z-ünbekannt', 3);
UPDATE settlements SET amount = 2.00 WHERE reference = 'P2';
