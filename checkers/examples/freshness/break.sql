-- One has been silent for two hours, and one has never sent anything.
DELETE FROM events WHERE source LIKE 'café%' AND received_at > now() - interval '1 day';
INSERT INTO events VALUES ('café "Zürich"', now() - interval '2 hours');
INSERT INTO sources VALUES ('warehouse');
