# A hot standby evaluates; the primary claims and records.
use strict;
use warnings;

use CheckerCluster;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = new_cluster('primary', allows_streaming => 1);
$primary->start;
$primary->safe_psql('postgres', <<'SQL');
CREATE EXTENSION pg_checker;
CREATE TABLE users (name text, email text);
INSERT INTO users VALUES ('ada', 'ada@example.org'), ('bob', NULL);
SELECT checker.create_dataset('no_email', 'SELECT name FROM users WHERE email IS NULL');
SQL
create_checker($primary, 'emails', asserts_empty('no_email'), "datasets => '{no_email}'", "schedule => '1 hour'");
create_checker($primary, 'endless', endless_loop(), "timeout => '200 ms'");

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
ok(!-e $standby->data_dir . '/pgsql_tmp_checker', 'a base backup leaves the cache behind');
$standby->start;
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 't', 'the standby is one');

# Evaluation.
is($standby->safe_psql('postgres', q{SELECT e ->> 'status', e ->> 'message', e -> 'assertions' -> 0 -> 'sample'
    FROM checker.evaluate_checker('emails') e}),
    'fail|no_email is empty|[{"name": "bob"}]', 'the standby evaluates, compiling into its own cache');
my @artifacts = glob $standby->data_dir . '/pgsql_tmp_checker/*.so';
is(scalar @artifacts, 1, 'the artifact is in the cache of the standby');
is($standby->safe_psql('postgres', q{SELECT e ->> 'status' FROM checker.evaluate_checker('endless') e}),
    'error', 'the time limit holds on the standby');
is($standby->safe_psql('postgres', q{SELECT checker.preview_dataset('no_email')}), '{"name": "bob"}',
    'the standby previews a dataset');
my ($code, $out, $err) = $standby->psql('postgres', "\\set VERBOSITY verbose\nSELECT checker.require_checker('emails')");
is(sqlstate_of($err), 'PC001', 'require_checker refuses on the standby');
like($err, qr/default\.emails: fail: no_email is empty/, 'and says what does not hold');
($code, $out, $err) = $standby->psql('postgres', "\\set VERBOSITY verbose\nSELECT checker.run_checker('emails')");
is(sqlstate_of($err), '25006', 'run_checker is refused on the standby');

# The two halves.
my ($run_uuid, $checker, $version) = split /\|/,
  $primary->safe_psql('postgres', "SELECT * FROM checker.claim_due(10, 'far away')");
is("$checker $version", 'default.emails 1', 'an interval is due at once');
is($primary->safe_psql('postgres', 'SELECT count(*) FROM checker.claim_due()'), '0', 'what is claimed is not due');
my $result = $standby->safe_psql('postgres', "SELECT checker.evaluate_checker('emails', run_uuid => '$run_uuid')");
my $run_id = $primary->safe_psql('postgres', "SELECT checker.record_run(\$json\$$result\$json\$)");
like($run_id, qr/^\d+$/, 'the primary records what the standby found');
is($primary->safe_psql('postgres', "SELECT checker.record_run(\$json\$$result\$json\$)"), $run_id,
    'and once only');
is($primary->safe_psql('postgres', 'SELECT count(*), min(run_id), min(status) FROM checker.runs'), "1|$run_id|fail",
    'there is one run');
is($primary->safe_psql('postgres', 'SELECT message, actual, sample FROM checker.assertions'),
    'no_email is empty|1|[{"name": "bob"}]', 'with its assertion and sample');
is($primary->safe_psql('postgres', q{SELECT state FROM checker.alarms WHERE checker = 'default.emails'}), 'firing',
    'the alarm fires');
is($primary->safe_psql('postgres', q{SELECT type, body::jsonb -> 'data' ->> 'run_id',
    body::jsonb -> 'data' -> 'dataset' -> 'no_email' -> 'sample'
    FROM checker.outbox ORDER BY id}),
    qq(run.failed|$run_id|[{"name": "bob"}]\nalarm.firing|$run_id|[{"name": "bob"}]), 'messages are in the outbox');
is($primary->safe_psql('postgres', 'SELECT count(*) FROM checker.claim_due()'), '0', 'the next run is an hour away');

# What is recorded arrives on the standby.
$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT run_id, status FROM checker.runs'), "$run_id|fail",
    'the standby shows the run');

# A result of a run that nobody claimed.
my $unclaimed = $standby->safe_psql('postgres', "SELECT checker.evaluate_checker('emails')");
($code, $out, $err) =
  $primary->psql('postgres', "\\set VERBOSITY verbose\nSELECT checker.record_run(\$json\$$unclaimed\$json\$)");
is(sqlstate_of($err), '55000', 'a result without a claim is refused');

# After a promotion the former standby runs by itself.
$primary->stop;
$standby->promote;
is($standby->safe_psql('postgres', q{SELECT status FROM checker.run_checker('emails')}), 'fail',
    'the promoted standby records runs');
is($standby->safe_psql('postgres', 'SELECT max(run_id) > ' . $run_id . ' FROM checker.runs'), 't', 'under new ids');

done_testing();
