# Nothing in the extension depends on the caller's search_path: objects planted before pg_catalog are never called.
use strict;
use warnings;

use CheckerCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = create_cluster('node');
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE item AS SELECT 1 AS id, 'a' AS name;
CREATE ROLE mallory;
CREATE SCHEMA evil AUTHORIZATION mallory;
GRANT ALL ON SCHEMA evil TO PUBLIC;
SQL

# One function or operator of each signature in pg_catalog, which raises when it is called.
$node->safe_psql('postgres', <<'SQL');
SET ROLE mallory;
SET check_function_bodies = off;
DO $$
DECLARE
  planted pg_catalog.pg_proc;
  shape   pg_catalog.pg_operator;
  made    int := 0;
BEGIN
  FOR planted IN
    SELECT p.* FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset AND p.provariadic = 0
          AND p.proallargtypes IS NULL
  LOOP
    BEGIN
      EXECUTE pg_catalog.format(
        'CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql IMMUTABLE AS %L', planted.proname,
        pg_catalog.oidvectortypes(planted.proargtypes), pg_catalog.format_type(planted.prorettype, NULL),
        pg_catalog.format('BEGIN RAISE EXCEPTION ''planted function %s was called''; END', planted.proname));
      made := made + 1;
    EXCEPTION WHEN OTHERS THEN
      NULL;  -- a type that only C functions may take
    END;
  END LOOP;
  FOR shape IN
    SELECT o.* FROM pg_catalog.pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b'
  LOOP
    BEGIN
      EXECUTE pg_catalog.format(
        'CREATE FUNCTION evil.operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql IMMUTABLE AS %L', shape.oid,
        shape.oprleft::regtype, shape.oprright::regtype, shape.oprresult::regtype,
        pg_catalog.format('BEGIN RAISE EXCEPTION ''planted operator %s was called''; END', shape.oprname));
      EXECUTE pg_catalog.format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.operator_%s)',
        shape.oprname, shape.oprleft::regtype, shape.oprright::regtype, shape.oid);
      made := made + 1;
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END LOOP;
  ASSERT made > 2000, 'too few were planted: ' || made;
END $$;
CREATE TABLE evil.item (id int, name text);
INSERT INTO evil.item VALUES (666, 'evil'), (667, 'evil');
CREATE TABLE evil.checker (id int);
CREATE TABLE evil.run (id int);
CREATE TABLE evil.pg_class (oid oid);
CREATE TYPE evil.status AS ENUM ('evil');
CREATE DOMAIN evil.text AS pg_catalog.text CHECK (value = 'evil');
CREATE DOMAIN evil.regrole AS pg_catalog.int4 CHECK (value = 666);
SQL

my $evil = 'SET search_path = evil, public, pg_catalog, checker';
my ($code, $out, $err) = $node->psql('postgres', "$evil; SELECT 1 WHERE 'a'::pg_catalog.text = 'a'::pg_catalog.text");
like($err, qr/planted operator = was called/, 'they are found first by those who look there');
($code, $out, $err) = $node->psql('postgres', "$evil; SELECT lower('A'::pg_catalog.text)");
like($err, qr/planted function lower was called/, 'functions, too');

# Every function and view, with that path, each in a session of its own and all in one.
my $wat   = asserts_empty('items');
my $clean = 'SET search_path = public';
my @steps = (
    [ "$clean; SELECT checker.create_dataset('items', 'SELECT id, name FROM item')",   qr/^1$/ ],
    [ "$evil; SELECT checker.create_dataset('mine', 'SELECT name FROM public.item')",  qr/^2$/ ],
    [ "$evil; SELECT checker.create_checker('none', 'wat', \$\$$wat\$\$, datasets => ARRAY['items'], schedule => '1 hour',
         labels => '{\"team\": \"a\"}', params => '{\"p\": 1}', alarm_on => '{fail,error}', time_zone => 'Europe/Berlin',
         timeout => '1 minute', memory_limit => '1MB', for_duration => '0')",                          qr/^1$/ ],
    [ "$evil; SELECT checker.create_checker('none', 'wat', \$\$$wat\$\$, datasets => ARRAY['items'], schedule => '*/5 * * * *',
         or_replace => true)",                                                          qr/^1$/ ],
    [ "$evil; SELECT status, message FROM checker.run_checker('none')",                 qr/^fail\|items is empty$/ ],
    [ "$evil; SELECT status FROM checker.run_checker()",                                qr/^fail$/ ],
    [ "$evil; SELECT checker.evaluate_checker('none')",                                 qr/"sample": \[\{"id": 1, "name": "a"\}\]/ ],
    [ "$evil; SELECT checker.preview_dataset('items')",                                 qr/^\{"id": 1, "name": "a"\}$/ ],
    [ "$evil; SELECT checker.preview_dataset('mine', 1)",                               qr/^\{"name": "a"\}$/ ],
    [ "$evil; UPDATE checker.due SET next_at = '2000-01-01'; SELECT checker.record_run(checker.evaluate_checker('none', run_uuid => run_uuid)) FROM checker.claim_due()", qr/^3$/ ],
    [ "$evil; SELECT checker, status FROM checker.runs LIMIT 1",                        qr/^default\.none\|fail$/ ],
    [ "$evil; TABLE checker.assertions",                                                qr/items is empty/ ],
    [ "$evil; SELECT checker, state FROM checker.alarms",                               qr/^default\.none\|firing$/ ],
    [ "$evil; TABLE checker.checkers",                                                  qr/none/ ],
    [ "$evil; TABLE checker.datasets",                                                  qr/items/ ],
    [ "$evil; TABLE checker.outbox_status",                                             qr/^4\|/ ],
    [ "$evil; TABLE checker.dead_letters",                                              qr/^$/ ],
    [ "$evil; SELECT checker.grant_access('admin', 'mallory')",                         qr/^$/ ],
    [ "$evil; SELECT checker.revoke_access('reader', 'mallory')",                       qr/^$/ ],
    [ "$evil; SELECT 1 FROM checker.join_outbox('w', '1 minute')",                      qr/^$/ ],
    [ "$evil; SELECT type FROM checker.claim_outbox('w', 10, 1000000, '1 minute')",     qr/^run\.failed\nalarm\.firing\n/ ],
    [ "$evil; SELECT checker.renew_outbox('w', '1 minute')",                            qr/^1$/ ],
    [ "$evil; SELECT checker.rewind_outbox('w', 1, 1)",                                 qr/^t$/ ],
    [ "$evil; SELECT checker.dead_letter_outbox('w', 1, 'tried', 3)",                   qr/^t$/ ],
    [ "$evil; SELECT checker.confirm_outbox('w', ARRAY[2])",                            qr/^1$/ ],
    [ "$evil; SELECT checker.release_outbox('w')",                                      qr/^\d$/ ],
    [ "$evil; SELECT * FROM checker.outbox_depth()",                                    qr/^2\|/ ],
    [ "$evil; SELECT checker.drop_checker('none')",                                     qr/^$/ ],
    [ "$evil; SELECT checker.drop_dataset('items'); SELECT checker.drop_dataset('mine')", qr/^\n?$/ ],
);
my $in_one = $node->background_psql('postgres', on_error_stop => 0);
for my $step (@steps) {
    my ($sql, $expected) = @$step;
    my ($what) = $sql =~ /(checker\.\w+)(?!.*checker\.\w+\()/s;
    ($code, $out, $err) = $node->psql('postgres', $sql);
    is($err, '', "$what finds nothing planted");
    like($out, $expected, "$what does its job") or diag $sql;
}

# The same in one session, in which plans are kept.
$node->safe_psql('postgres', 'TRUNCATE checker.outbox, checker.outbox_lease, checker.dead_letter RESTART IDENTITY');
for my $step (@steps) {
    $in_one->query($step->[0]);
    is($in_one->{stderr} =~ /ERROR: .*/ ? $& : '', '', 'nor in one session');
    $in_one->{stderr} = '';
}
$in_one->quit;

# Temporary objects come first by default, and shadow nothing in a dataset.
is($node->safe_psql('postgres', <<'SQL'), "{\"n\": 1}\n1\n{\"n\": 1}", 'a temporary table does not shadow a table in a dataset');
SET search_path = public;
DO $$ BEGIN PERFORM checker.create_dataset('counted', 'SELECT count(*) AS n FROM item'); END $$;
SELECT checker.preview_dataset('counted');
CREATE TEMP TABLE item AS SELECT i AS id FROM generate_series(1, 10) i;
CREATE TEMP TABLE pg_class AS SELECT 1 AS one;
CREATE TEMP TABLE dataset AS SELECT 1 AS one;
SELECT count(*) / 10 FROM item;
SELECT checker.preview_dataset('counted');
SQL
($code, $out, $err) = $node->psql('postgres', <<'SQL');
CREATE TEMP TABLE only_here (id int);
SELECT checker.create_dataset('temporary', 'SELECT id FROM only_here');
SELECT checker.create_dataset('counted_again', 'SELECT count(*) AS n FROM item');
SELECT checker.preview_dataset('counted_again');
SQL
unlike($err, qr/planted/, 'no planted object is called');

# "$user" in the path is the owner of the dataset, not the caller.
is($node->safe_psql('postgres', <<'SQL'), '{"whose": "ann"}', '"$user" is the owner');
CREATE ROLE ann;
CREATE SCHEMA ann AUTHORIZATION ann;
CREATE TABLE ann.note AS SELECT 'ann' AS whose;
ALTER TABLE ann.note OWNER TO ann;
CREATE SCHEMA postgres;
CREATE TABLE postgres.note AS SELECT 'postgres' AS whose;
GRANT ALL ON SCHEMA ann TO ann;
DO $$ BEGIN PERFORM checker.grant_access('author', 'ann'); END $$;
SET ROLE ann;
SET search_path = "$user", public;
DO $$ BEGIN PERFORM checker.create_dataset('notes', 'SELECT whose FROM note'); END $$;
RESET ROLE;
SELECT checker.preview_dataset('notes');
SQL

done_testing();
