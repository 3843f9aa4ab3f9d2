# Definitions travel with pg_dump; runs, alarms and messages stay.
use strict;
use warnings;

use CheckerCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $old = create_cluster('old');
$old->safe_psql('postgres', <<'SQL');
CREATE ROLE author LOGIN;
SELECT checker.grant_access('author', 'author');
CREATE TABLE item (id int);
ALTER TABLE item OWNER TO author;
INSERT INTO item VALUES (1);
INSERT INTO checker.holiday VALUES ('2030-12-25', 'default', 'Christmas');
SQL
$old->safe_psql('postgres', q{SELECT checker.create_dataset('items', 'SELECT id FROM item',
    params => '{"least": 3}', description => 'all of them')}, extra_params => [ '-U', 'author' ]);
my $wat = asserts_empty('items');
$old->safe_psql('postgres', qq{SELECT checker.create_checker('none', 'wat', \$\$$wat\$\$, datasets => '{items}',
    schedule => '1 hour', labels => '{"team": "a"}', severity => 'critical', alarm_on => '{error,fail}')},
    extra_params => [ '-U', 'author' ]);
create_checker($old, 'none', asserts_empty('items') . ' ', "datasets => '{items}'", "schedule => '1 hour'",
    q(labels => '{"team": "b"}'), 'or_replace => true');
$old->safe_psql('postgres', q{SET search_path = public; SELECT checker.create_checker('query', 'sql',
    'SELECT id, ''item '' || id AS message FROM item', enabled => false)}, extra_params => [ '-U', 'author' ]);
create_checker($old, 'ops.loop', endless_loop(), "timeout => '100 ms'", 'enabled => false');
$old->safe_psql('postgres', "SELECT checker.run_checker('none')");
is($old->safe_psql('postgres', 'SELECT count(*) FROM checker.outbox'), '2', 'there are messages');
my $claimed = $old->safe_psql('postgres', 'SELECT run_uuid FROM checker.claim_due()');
isnt($claimed, '', 'and a claim');

my $definitions = <<'SQL';
SELECT 'dataset', namespace, name, query, params, description, columns, search_path, owned_by FROM checker.dataset ORDER BY id;
SELECT 'checker', to_jsonb(c) - 'created_at' - 'changed_at' FROM checker.checker c ORDER BY id;
SELECT 'version', checker_id, version, language, digest, md5(module), md5(source), environment, created_by FROM checker.checker_version ORDER BY 2, 3;
SELECT 'holiday', * FROM checker.holiday;
SELECT 'due', checker_id FROM checker.due;
SELECT 'grants', proname, proacl FROM pg_proc WHERE pronamespace = 'checker'::regnamespace ORDER BY proname, proargtypes;
SELECT 'grants', relname, relacl FROM pg_class WHERE relnamespace = 'checker'::regnamespace ORDER BY relname;
SQL
my $before = $old->safe_psql('postgres', $definitions);
my $dump   = $old->basedir . '/dump';
$old->command_ok([ 'pg_dump', '-Fc', '-f', $dump, 'postgres' ], 'pg_dump dumps');
$old->command_ok([ 'pg_dump', '-f', "$dump.sql", '--inserts', 'postgres' ], 'also as INSERT statements');
unlike(slurp_file("$dump.sql"), qr/checker\.(?:run|alarm|outbox|assertion|claim|dead_letter|outbox_lease) /,
    'no run, alarm, claim or message is in the dump');

my $new = new_cluster('new');
$new->start;
$new->safe_psql('postgres', 'CREATE ROLE author LOGIN');
for my $way ([ 'custom', 'pg_restore', '--exit-on-error', '-d', 'custom', $dump ],
    [ 'inserts', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'inserts', '-f', "$dump.sql" ]) {
    my ($database, @command) = @$way;
    $new->safe_psql('postgres', "CREATE DATABASE $database");
    $new->command_ok(\@command, "$database: the dump is restored");
    is($new->safe_psql($database, $definitions), $before, "$database: definitions, owners and grants came over");
    is($new->safe_psql($database, <<'SQL'), '0|0|0|0', "$database: runs, alarms, messages and claims did not");
SELECT (SELECT count(*) FROM checker.run), (SELECT count(*) FROM checker.alarm), (SELECT count(*) FROM checker.outbox),
       (SELECT count(*) FROM checker.claim)
SQL

    # New rows do not meet the restored ones.
    is($new->safe_psql($database, q{SELECT id > 1 FROM checker.create_dataset('more', 'SELECT 1 AS one') AS id},
            extra_params => [ '-U', 'author' ]), 't', "$database: a dataset is created");
    is($new->safe_psql($database, qq{SELECT id > 3 FROM checker.create_checker('more', 'wat', \$\$$wat\$\$,
            datasets => '{items}') AS id}, extra_params => [ '-U', 'author' ]),
        't', "$database: a checker is created");
    is($new->safe_psql($database, q{SELECT checker, version, status, message FROM checker.run_checker('none')}),
        'default.none|2|fail|items is empty', "$database: a restored checker runs");
    is($new->safe_psql($database, q{SELECT checker.evaluate_checker('query') ->> 'message'}), 'item 1',
        "$database: so does a query, under the search_path of its creation");
    is($new->safe_psql($database, q{SELECT state, status FROM checker.alarms WHERE checker = 'default.none'}),
        'firing|fail', "$database: its alarm fires");
    is($new->safe_psql($database, q{SELECT type, body::jsonb -> 'data' ->> 'sequence' FROM checker.outbox ORDER BY id}),
        "run.failed|1\nalarm.firing|2", "$database: messages are written, counted anew");
    is($new->safe_psql($database, q{SELECT checker.create_checker('ops.loop', 'wat',
            '(module (func (export "check")))', or_replace => true)}), '3', "$database: a restored checker is replaced");
    is($new->safe_psql($database, q{SELECT count(*) FROM checker.run_checker()}), '3', "$database: all run");
    is($new->safe_psql($database, q{SELECT checker FROM checker.claim_due()}), 'default.none',
        "$database: the schedule goes on");
}

done_testing();
