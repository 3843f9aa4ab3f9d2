# The cache of compiled checkers has a size, can be warmed, and is counted; runs have places.
use strict;
use warnings;

use CheckerCluster;
use File::Path;
use PostgreSQL::Test::Utils;
use Test::More;

my $node  = create_cluster('node');
my $cache = $node->data_dir . '/pgsql_tmp_checker';
sub artifacts { my @found = glob "$cache/*.so"; return scalar @found }
sub sql { return $node->safe_psql('postgres', $_[0]) }

my $filler = join ' ', map { "(i32.store (i32.const $_) (i32.const $_))" } 1 .. 400;
create_checker($node, "c$_", "(module (memory 1) (func (export \"check\") (result i32) $filler (i32.const $_)))") for 1 .. 4;
is(artifacts(), 4, 'there are four artifacts');

# Warming.
my $warm = q{SELECT string_agg(checker || ' ' || outcome, ', ' ORDER BY checker) FROM checker.warm_cache()};
is(sql($warm), 'default.c1 present, default.c2 present, default.c3 present, default.c4 present', 'all are present');
rmtree $cache;
is(sql($warm), 'default.c1 compiled, default.c2 compiled, default.c3 compiled, default.c4 compiled', 'all are compiled');
is(artifacts(), 4, 'and are there again');
rmtree $cache;
is(sql("SET checker.c_compiler = '/nonexistent'; SELECT count(*) FROM checker.warm_cache() WHERE outcome = 'failed' AND error LIKE 'no C compiler%'"),
    '4', 'without a compiler each says so');
sql('SELECT checker.warm_cache()');

is(sql("SELECT checker.probe_compiler() BETWEEN '1 ms' AND '2 min'"), 't', 'the compiler can be tried');
my ($code, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nSET checker.c_compiler = '/nonexistent'; SELECT checker.probe_compiler()");
is(sqlstate_of($err), 'PC020', 'and says what is missing');
like($err, qr/HINT:  Install the packages gcc/, 'and what to install');
is(join(' ', grep { !/\.so$|engine_stats$/ } glob "$cache/* $cache/.[!.]*"), '', 'and leaves nothing behind');

# Counts.
my $stats = sub { return sql("SELECT $_[0] FROM checker.engine_stats") };
is($stats->('artifacts'), 4, 'engine_stats counts the artifacts');
is($stats->('artifact_bytes BETWEEN 40000 AND 400000'), 't', 'and their bytes');
my ($runs, $hits, $misses) = split /\|/, $stats->('runs, hits, misses');
cmp_ok($misses, '>=', 4, 'misses are counted');
sql("SELECT checker.run_checker('c1'), checker.run_checker('c1'), checker.run_checker('c2')");
is($stats->('runs, hits, misses'), join('|', $runs + 3, $hits + 3, $misses), 'runs and hits of ended sessions are counted');
is(sql("SELECT checker.run_checker('c1'); SELECT loaded_modules FROM checker.engine_stats") =~ s/.*\n//sr, 1,
    'a session sees what it has loaded');
is($stats->("longest_compile > '10 ms' AND compile_time >= longest_compile AND average_compile <= longest_compile AND since < now()"),
    't', 'and the times make sense');
is($stats->('running, max_concurrent_runs'), '0|64', 'nothing runs');

# The size: the least recently used goes.
my $bytes = int(sql('SELECT artifact_bytes / artifacts / 1024 FROM checker.engine_stats'));
$node->append_conf('postgresql.conf', 'checker.cache_size = ' . 1024);
$node->reload;
my $many = int(1024 / $bytes) + 5;
create_checker($node, "m$_", "(module (memory 1) (func (export \"check\") (result i32) $filler (i32.const 1000$_)))") for 1 .. 3;
sql("SELECT checker.create_checker('n' || i, 'wat', format('(module (memory 1) (func (export \"check\") (result i32) $filler (i32.const %s)))', 5000 + i)) FROM generate_series(1, $many) i");
cmp_ok(artifacts(), '<', $many, 'the folder does not grow beyond its size');
is($stats->('artifact_bytes <= 1024 * 1024'), 't', 'in bytes');
is(sql("SELECT status, message FROM checker.run_checker('c1')"), 'fail|check returned 1', 'what has gone is compiled again');

# Places for runs, shared by the databases of the cluster.
$node->append_conf('postgresql.conf', "checker.max_concurrent_runs = 2\nrestart_after_crash = on");
$node->reload;
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('other', 'CREATE EXTENSION pg_checker');
create_checker($node, 'loop', endless_loop(), "timeout => '100s'");
$node->safe_psql('other', q{SELECT checker.create_checker('quick', 'wat', '(module (func (export "check")))', timeout => '300 ms')});
my @sessions = map { $node->background_psql('postgres', on_error_stop => 0) } 1 .. 2;
my @pids = map { scalar $_->query('SELECT pg_backend_pid()') } @sessions;
for my $session (@sessions) {
    $session->{stdin} .= "SELECT checker.run_checker('loop');\n\\echo ended\n";
    $session->{run}->pump_nb;
}
wait_until('two run', sub { $stats->('running') == 2 });
($code, $out, $err) = $node->psql('other', "\\set VERBOSITY verbose\nSELECT checker.run_checker('quick')");
is(sqlstate_of($err), '53400', 'a third one waits for its time, and is refused');
like($err, qr/too many checkers run.*2 may, and none has ended within 300 ms.*max_concurrent_runs/s, 'with a text that says why');
is($node->safe_psql('other', 'SELECT count(*) FROM checker.runs'), '0', 'nothing is recorded for it');
sql("SELECT pg_cancel_backend($pids[0])");
$sessions[0]->query_until(qr/ended/, '');
is($node->safe_psql('other', "SELECT status FROM checker.run_checker('quick')"), 'ok', 'when one has ended there is a place');
my $log_at = -s $node->logfile;
kill 'KILL', $pids[1];
$node->wait_for_log(qr/all server processes terminated; reinitializing.*ready to accept connections/s, $log_at);
eval { $_->{run}->kill_kill } for @sessions;
is($stats->('running'), 0, 'a backend that was killed leaves its place');

done_testing();
