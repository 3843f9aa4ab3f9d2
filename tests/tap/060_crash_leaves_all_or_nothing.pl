# Run, assertions, alarm and messages are there together or not at all, whenever the server dies.
use strict;
use warnings;

use CheckerCluster;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = create_cluster('node');
$node->append_conf('postgresql.conf', "restart_after_crash = on\nchecker.log_level = info\nchecker.emit = all");
$node->restart;
my @names = map { "flips_$_" } 1 .. 3;
$node->safe_psql('postgres', 'CREATE TABLE item (id int)');
$node->safe_psql('postgres', "SELECT checker.create_dataset('items', 'SELECT id FROM item LIMIT 1')");
create_checker($node, $_, asserts_empty('items'), "datasets => '{items}'") for @names;
create_checker($node, 'loop', <<'WAT');
(module
  (import "checker" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "running")
  (func (export "check") (call $log (i32.const 1) (i32.const 0) (i32.const 7)) (loop $again (br $again))))
WAT

# What must hold of everything that is committed. Each query returns the rows that break a rule.
my %rules = (
    'each run has its assertion' =>
      q{SELECT r.id FROM checker.run r LEFT JOIN checker.assertion a ON a.run_id = r.id WHERE a.seq IS DISTINCT FROM 1},
    'each assertion has its run' =>
      q{SELECT a.run_id FROM checker.assertion a LEFT JOIN checker.run r ON r.id = a.run_id WHERE r.id IS NULL},
    # But for one that was overtaken by a later one: it goes into history only.
    'each run has its message' => <<'SQL',
SELECT r.id FROM checker.run r LEFT JOIN message m ON m.run_id = r.id AND m.type LIKE 'run.%'
WHERE NOT EXISTS (SELECT FROM checker.run o
                  WHERE o.checker_id = r.checker_id AND o.id < r.id AND o.started_at > r.started_at)
GROUP BY r.id HAVING count(m.id) <> 1
SQL
    'each message has its run' =>
      q{SELECT m.id FROM message m LEFT JOIN checker.run r ON r.id = m.run_id AND r.checker_id = m.checker_id WHERE r.id IS NULL},
    'the sequence of each checker has no gap and no duplicate, and grows with the ids' =>
      q{SELECT id FROM (SELECT id, sequence, row_number() OVER (PARTITION BY checker_id ORDER BY id) AS n FROM message) m WHERE sequence <> n},
    'the alarm counts the messages' =>
      q{SELECT a.checker_id FROM checker.alarm a WHERE a.sequence <> (SELECT count(*) FROM message m WHERE m.checker_id = a.checker_id)},
    'the alarm is as the last run left it' => <<'SQL',
SELECT a.checker_id FROM checker.alarm a JOIN checker.run r ON r.id = a.last_run_id
WHERE (a.state, a.last_status) IS DISTINCT FROM
      (CASE r.status WHEN 'ok' THEN 'ok' ELSE 'firing' END::checker.alarm_state, r.status)
SQL
    'alarms fire and resolve in turn' => <<'SQL',
SELECT id FROM (SELECT id, type, lag(type) OVER (PARTITION BY checker_id ORDER BY id) AS before FROM message
                WHERE type LIKE 'alarm.%') m
WHERE type = coalesce(before, 'alarm.resolved')
SQL
);
my $messages = <<'SQL';
CREATE TEMP TABLE message AS
  SELECT o.id, o.checker_id, o.type, (o.body::jsonb -> 'data' ->> 'run_id')::bigint AS run_id,
         (o.body::jsonb -> 'data' ->> 'sequence')::bigint AS sequence
  FROM checker.outbox o;
SQL

sub rules_hold {
    my ($when) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $questions = join '', map { "SELECT '$_' WHERE EXISTS ($rules{$_});\n" } sort keys %rules;
    is($node->safe_psql('postgres', $messages . $questions), '', "$when: all or nothing");
    return;
}

sub count_runs {
    return $node->safe_psql('postgres', 'SELECT count(*) FROM checker.run');
}

# A backend is killed while its guest runs: the server starts anew.
my $session = $node->background_psql('postgres', on_error_stop => 0);
$session->query_safe("BEGIN; INSERT INTO item VALUES (1); SELECT checker.run_checker('flips_1')");
my $doomed = $node->background_psql('postgres', on_error_stop => 0);
my $pid    = $doomed->query('SELECT pg_backend_pid()');
my $log_at = -s $node->logfile;
$doomed->{stdin} .= "SELECT checker.run_checker('loop');\n";
$doomed->{run}->pump_nb;
$node->wait_for_log(qr/checker "default\.loop": running/, $log_at);
kill 'KILL', $pid;
$node->wait_for_log(qr/all server processes terminated; reinitializing.*ready to accept connections/s, $log_at);
eval { $_->{run}->kill_kill } for $doomed, $session;
is(count_runs(), '0', 'neither the killed run nor the uncommitted one is there');
is($node->safe_psql('postgres', 'SELECT count(*) FROM checker.outbox'), '0', 'nor a message of theirs');
is($node->safe_psql('postgres', "SELECT status FROM checker.run_checker('flips_1')"), 'ok', 'runs work again');
rules_hold('after a killed backend');

# The whole server dies under load, three times.
my $script = $node->basedir . '/load.sql';
append_to_file($script, <<'SQL');
\set flip random(0, 1)
\set name random(1, 3)
BEGIN;
DELETE FROM item WHERE :flip = 0;
INSERT INTO item SELECT 1 WHERE :flip = 1 AND NOT EXISTS (SELECT FROM item);
SELECT status FROM checker.run_checker('flips_' || :name);
SELECT status FROM checker.run_checker('flips_' || 1 + :name % 3) WHERE :name < 3;
COMMIT;
SQL
for my $round (1 .. 3) {
    my $before = count_runs();
    my $load   = IPC::Run::start(
        [ 'pgbench', '-n', '-c', '4', '-j', '2', '-t', '1000000', '-f', $script, $node->connstr('postgres') ],
        '>', '/dev/null', '2>', '/dev/null');
    wait_until('there are runs', sub { count_runs() > $before + 100 * $round });
    $node->stop('immediate');
    $load->finish;
    $node->start;
    cmp_ok(count_runs(), '>', $before + 100 * $round, "round $round: what was committed is there");
    rules_hold("round $round");
}
$node->safe_psql('postgres', "SELECT checker.drop_checker('loop')");
is($node->safe_psql('postgres', 'SELECT count(*) FROM checker.run_checker()'), '3', 'and they go on');
rules_hold('in the end');

done_testing();
