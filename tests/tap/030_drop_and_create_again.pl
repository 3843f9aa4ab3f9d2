# DROP EXTENSION leaves nothing but the cache; CREATE EXTENSION is refused where it would not be safe.
use strict;
use warnings;

use CheckerCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_cluster('node');
$node->start;
my $catalogue = <<'SQL';
SELECT 'schema', nspname FROM pg_namespace WHERE oid >= 16384
UNION ALL SELECT 'relation', oid::regclass::text FROM pg_class WHERE oid >= 16384
UNION ALL SELECT 'function', oid::regprocedure::text FROM pg_proc WHERE oid >= 16384
UNION ALL SELECT 'type', oid::regtype::text FROM pg_type WHERE oid >= 16384
UNION ALL SELECT 'role', rolname FROM pg_roles WHERE oid >= 16384
UNION ALL SELECT 'cast', castsource::regtype || ' ' || casttarget::regtype FROM pg_cast WHERE oid >= 16384
UNION ALL SELECT 'operator', oid::regoperator::text FROM pg_operator WHERE oid >= 16384
UNION ALL SELECT 'default privileges', defaclacl::text FROM pg_default_acl
UNION ALL SELECT 'event trigger', evtname FROM pg_event_trigger
ORDER BY 1, 2
SQL
my $before = $node->safe_psql('postgres', $catalogue);

# One session, in which everything has been prepared and loaded.
my $session = $node->background_psql('postgres');
my $wat     = asserts_empty('items');
my $use     = <<"SQL";
SELECT checker.create_dataset('items', 'SELECT id FROM item') > 0;
SELECT checker.create_checker('none', 'wat', \$\$$wat\$\$, datasets => '{items}', schedule => '1 hour') > 0;
SELECT status, message FROM checker.run_checker('none');
SELECT checker.record_run(checker.evaluate_checker('none', run_uuid => run_uuid)) > 0 FROM checker.claim_due();
SELECT count(*) FROM checker.runs;
SELECT state FROM checker.alarms;
SELECT count(*) FROM checker.outbox;
SELECT id FROM checker.preview_dataset('items') AS id;
SELECT checker.create_checker('none', 'wat', '(module (func (export "check")))', or_replace => true) > 0;
SELECT status FROM checker.run_checker();
SQL
my $done = join "\n", 't', 't', 'fail|items is empty', 't', '2', 'firing', '3', '{"id": 1}', 't', 'ok';
$session->query_safe('CREATE TABLE item AS SELECT 1 AS id; CREATE EXTENSION pg_checker');
is($session->query_safe($use), $done, 'the extension works');
$session->query_safe('DROP EXTENSION pg_checker');
$session->query_safe('CREATE EXTENSION pg_checker');
is($session->query_safe('SELECT count(*) FROM checker.checkers'), '0', 'dropped and created again, it is empty');
is($session->query_safe($use), $done, 'and works in the same session');

# With a transaction rolled back in between, and what hangs on the extension's types.
$session->query_safe('BEGIN; DROP EXTENSION pg_checker; ROLLBACK');
is($session->query_safe("SELECT status FROM checker.run_checker('none')"), 'ok', 'also after a drop that was rolled back');
$session->query_safe('DROP EXTENSION pg_checker CASCADE; DROP TABLE item');
$session->quit;
is($node->safe_psql('postgres', $catalogue), $before, 'DROP EXTENSION leaves nothing in the catalogue');
my $cache = $node->data_dir . '/pgsql_tmp_checker';
is(scalar(grep { !/\.so$|\/(?:engine_stats|run_slots)$/ } glob "$cache/* $cache/.work*"), 0, 'and nothing but artifacts, counters and slots in the cache');
is(sprintf('%o', (stat $cache)[2] & 07777), '700', 'which is private');

# Where it is refused.
my ($code, $out, $err);
$node->safe_psql('postgres', "CREATE DATABASE latin1 ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
($code, $out, $err) = $node->psql('latin1', "\\set VERBOSITY verbose\nCREATE EXTENSION pg_checker");
is(sqlstate_of($err), '0A000', 'a database in another encoding is refused');
like($err, qr/encoding UTF8, not LATIN1.*HINT:/s, 'with a reason and a hint');

# Whoever made the schema may have planted something in it.
$node->safe_psql('postgres', 'CREATE ROLE mallory');
for my $schema ('CREATE SCHEMA checker AUTHORIZATION mallory', 'CREATE SCHEMA checker') {
    $node->safe_psql('postgres', $schema);
    ($code, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nCREATE EXTENSION pg_checker");
    is(sqlstate_of($err), '42P06', "a schema made beforehand is refused: $schema");
    like($err, qr/schema "checker" already exists.*HINT:/s, 'with a hint');
    $node->safe_psql('postgres', 'DROP SCHEMA checker');
}

# The user who creates it needs to be a superuser, because it can call native code.
$node->safe_psql('postgres', 'CREATE ROLE creator LOGIN; GRANT CREATE ON DATABASE postgres TO creator');
($code, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nCREATE EXTENSION pg_checker",
    extra_params => [ '-U', 'creator' ]);
is(sqlstate_of($err), '42501', 'only a superuser creates it');

done_testing();
