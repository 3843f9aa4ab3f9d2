-- Two sources, both of which have just sent something.
CREATE TABLE sources (name text PRIMARY KEY);
CREATE TABLE events (source text REFERENCES sources, received_at timestamptz NOT NULL);
INSERT INTO sources VALUES ('shop'), ('café "Zürich"');
INSERT INTO events
SELECT name, now() - age FROM sources, unnest('{5 minutes,3 days}'::interval[]) AS age;
