"""Faults for checkers/library/postgres/schema.yaml."""
from library import LibraryTest


class Schema(LibraryTest):

    def test_table_without_primary_key(self):
        self.assert_ok()
        self.with_objects('CREATE TABLE "Heap of rows" (id int);\nCREATE TABLE parts (id int) PARTITION BY LIST (id);\n'
                          'CREATE TABLE part PARTITION OF parts DEFAULT', 'DROP TABLE "Heap of rows", parts')
        sample = self.assert_fails(r'^table public\."Heap of rows" has no primary key \(and 1 more\)$')
        self.assertEqual([row['table'] for row in sample], ['Heap of rows', 'parts'])
        self.assert_ok(ignore='^public[.](Heap of rows|parts)$')
        self.sql('ALTER TABLE "Heap of rows" ADD PRIMARY KEY (id)')
        self.sql('ALTER TABLE parts ADD PRIMARY KEY (id)')
        self.assert_ok()

    def test_published_table_without_replica_identity(self):
        self.with_objects('CREATE TABLE published (id int NOT NULL);\nCREATE PUBLICATION news FOR TABLE published',
                          'DROP PUBLICATION news; DROP TABLE published')
        self.assert_fails(r'^table public\.published is published \(news\) without replica identity')
        self.sql('CREATE UNIQUE INDEX published_id ON published (id)')
        self.sql('ALTER TABLE published REPLICA IDENTITY USING INDEX published_id')
        self.assert_ok()
        self.sql('ALTER TABLE published REPLICA IDENTITY NOTHING')
        self.assert_fails('published')
        self.sql("ALTER PUBLICATION news SET (publish = 'insert')")
        self.assert_ok()

    def test_constraint_not_validated(self):
        self.with_objects('CREATE TABLE dated (id int);\n'
                          'ALTER TABLE dated ADD CONSTRAINT positive CHECK (id > 0) NOT VALID', 'DROP TABLE dated')
        self.assert_fails('^constraint positive of table public.dated has not been validated')
        self.assert_ok(ignore='dated')
        self.sql('ALTER TABLE dated VALIDATE CONSTRAINT positive')
        self.assert_ok()

    def test_disabled_trigger(self):
        self.with_objects('CREATE TABLE target (id int PRIMARY KEY);\n'
                          'CREATE TABLE source (id int CONSTRAINT to_target REFERENCES target);\n'
                          'CREATE TRIGGER same BEFORE UPDATE ON source FOR EACH ROW EXECUTE FUNCTION '
                          'suppress_redundant_updates_trigger()', 'DROP TABLE source, target')
        self.assert_ok()
        self.sql('ALTER TABLE source DISABLE TRIGGER same')
        self.assert_fails('^trigger same on table public.source is disabled$')
        self.sql('ALTER TABLE source DISABLE TRIGGER ALL')
        self.assert_fails(r'^constraint to_target on table public\.source is not enforced: .* \(and 2 more\)$')
        self.sql('ALTER TABLE source ENABLE TRIGGER ALL')
        self.assert_ok()

    def test_unlogged_table(self):
        self.assert_ok()
        self.with_objects('CREATE UNLOGGED TABLE scratch (id int PRIMARY KEY)', 'DROP TABLE scratch')
        self.assert_fails('^table public.scratch is unlogged: a crash empties it')
        self.sql('ALTER TABLE scratch SET LOGGED')
        self.assert_ok()

    def test_table_near_size_limit(self):
        self.assert_ok()
        sample = self.assert_fails(r'has .*, 0\.0 % of the most that one can have, more than 0 %', max_percent=0)
        self.assertEqual(sample[0]['limit'], 8192 * (2**32 - 1))

    def test_sequence_exhaustion(self):
        self.with_objects('CREATE SEQUENCE narrow MAXVALUE 101;\n'
                          'CREATE SEQUENCE falling INCREMENT -1 MINVALUE -101 MAXVALUE -1;\n'
                          'CREATE SEQUENCE turning MAXVALUE 101 CYCLE', 'DROP SEQUENCE narrow, falling, turning')
        self.sql("SELECT setval('narrow', 76), setval('falling', -76), setval('turning', 100)")
        self.assert_ok()
        self.sql("SELECT nextval('narrow')")
        self.assert_fails(r'^sequence public.narrow stands at 77 of 101 \(76.0 %\), more than 75 %$')
        self.sql("SELECT nextval('falling')")
        self.assert_fails(r'^sequence public.falling stands at -77 of -101 .* \(and 1 more\)$')
        self.assert_ok(max_percent=90)

    def test_integer_key_exhaustion(self):
        self.with_objects('CREATE SEQUENCE wide;\n'
                          "CREATE TABLE keyed (id int DEFAULT nextval('wide') PRIMARY KEY);\n"
                          'CREATE TABLE small (id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)',
                          'DROP TABLE keyed, small; DROP SEQUENCE wide')
        self.sql("SELECT setval('wide', 1600000000)")
        self.assert_ok()
        self.sql("SELECT setval('wide', 1700000000)")
        self.assert_fails(r'^column id of table public.keyed is integer, and its sequence stands at 1700000000 '
                          r'\(79.2 %\), more than 75 %$')
        self.sql("SELECT setval('small_id_seq', 32000)")
        self.assert_fails(r'^column id of table public.small is smallint, .* \(97.7 %\), .* \(and 1 more\)$')
        self.sql('ALTER TABLE keyed ALTER id TYPE bigint')
        self.assert_ok(ignore='small')

    def test_public_may_create(self):
        self.assert_ok()
        self.with_objects('GRANT CREATE ON SCHEMA public TO PUBLIC', 'REVOKE CREATE ON SCHEMA public FROM PUBLIC')
        self.assert_fails('^everybody may create objects in schema public$')
        self.assert_ok(ignore='^public$')

    def test_security_definer_without_search_path(self):
        self.assert_ok()
        self.with_objects("CREATE FUNCTION trusting(int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT $1'",
                          'DROP FUNCTION trusting')
        self.assert_fails(r'^function trusting\(integer\) runs as its owner postgres and does not fix search_path$')
        self.sql('ALTER FUNCTION trusting SET search_path = pg_catalog, pg_temp')
        self.assert_ok()

    def test_extension_out_of_date(self):
        self.assert_ok()
        self.with_objects("CREATE EXTENSION hstore VERSION '1.4'", 'DROP EXTENSION hstore')
        self.assert_fails('^extension "hstore" has version 1.4, the server offers 1.8$')
        self.assert_ok(ignore=['hstore'])
        self.sql('ALTER EXTENSION hstore UPDATE')
        self.assert_ok()

    def test_temporary_table(self):
        limits = {'max_age': 100}
        self.assert_ok(**limits)
        other = self.connect()
        other.sql('CREATE TEMPORARY TABLE kept AS SELECT generate_series(1, 1000)')
        self.assert_ok(**limits)
        self.assert_fails(r'^temporary table pg_temp_\d+\.kept of role postgres has 40 kB', max_size='8 kB')
        self.burn_transaction_ids(200)
        self.assert_fails(r'kept of role postgres .* holds transaction ids 2\d\d transactions old$', **limits)
        other.sql('DROP TABLE kept')
        self.assert_ok(**limits)
