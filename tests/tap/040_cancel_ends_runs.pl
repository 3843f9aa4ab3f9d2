# Whatever a run is doing, a cancel, a timeout, a termination and the checker's own deadline end it at once; nothing is
# recorded for a cancelled run, and the session goes on as it was.
use strict;
use warnings;

use CheckerCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = create_cluster('node');
# A guest that is running says so.
$node->append_conf('postgresql.conf', "checker.log_level = info\nchecker.max_timeout = '1h'");
$node->reload;
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION swallow() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    BEGIN
      PERFORM pg_sleep(3600);
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END LOOP;
END $$;
CREATE FUNCTION spin() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    BEGIN
      PERFORM 1 / 0;
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END LOOP;
END $$;
SELECT checker.create_dataset('long', 'SELECT count(*) AS n FROM generate_series(1, 1000000000000)');
SELECT checker.create_dataset('swallowing', 'SELECT public.swallow() AS n');
SELECT checker.create_dataset('spinning', 'SELECT public.spin() AS n');
SELECT checker.create_dataset('rows', 'SELECT n FROM generate_series(1, 1000000000000) n');
SQL

my %busy = (
    loop      => busy_guest('(loop $again (br $again))'),
    recursion => busy_guest('(drop (call $fibonacci (i32.const 200)))', <<'WAT'),
(func $fibonacci (param i32) (result i32)
  (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (i32.const 1))
    (else (i32.add (call $fibonacci (i32.sub (local.get 0) (i32.const 1)))
                   (call $fibonacci (i32.sub (local.get 0) (i32.const 2)))))))
WAT
    fill => busy_guest('(drop (memory.grow (i32.const 7999)))
        (loop $again (memory.fill (i32.const 1024) (i32.const 7) (i32.const 524000000)) (br $again))'),
    copy => busy_guest('(drop (memory.grow (i32.const 7999)))
        (loop $again (memory.copy (i32.const 1024) (i32.const 2048) (i32.const 524000000)) (br $again))'),
    tables => busy_guest('(loop $again (drop (table.grow $t (ref.null func) (i32.const 1000000)))
        (table.fill $t (i32.const 0) (ref.null func) (table.size $t)) (br $again))', '(table $t 1 funcref)'),
    # Half a gigabyte of NULs, of which the first are kept. A run may have a thousand such messages.
    message => busy_guest('(drop (memory.grow (i32.const 7999)))
        (loop $again (call $warn (i32.const 1024) (i32.const 524000000)) (br $again))', '',
        '(import "checker" "warn" (func $warn (param i32 i32)))'),
    # A subscription (WASI preview 1, 48 bytes): clock 1 at 32 + 16, relative, 3,600 s.
    sleep => busy_guest('(i32.store (i32.const 48) (i32.const 1)) (i64.store (i32.const 56) (i64.const 3600000000000))
        (loop $again (drop (call $poll (i32.const 32) (i32.const 128) (i32.const 1) (i32.const 256))) (br $again))', '',
        '(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))'),
    map { $_ => busy_guest("(drop (call \$less (i32.const 300) (i32.const ${\length $_}) (i64.const 1000000000000)
        (i32.const 0) (i32.const 7)))", "(data (i32.const 300) \"$_\")",
        '(import "checker" "assert_less_than" (func $less (param i32 i32 i64 i32 i32) (result i32)))') }
      qw(long swallowing spinning rows));
my @cases = sort keys %busy;
for my $case (@cases) {
    create_checker($node, $case, $busy{$case}, "memory_limit => '512MB'",
        $case =~ /long|swallowing|spinning|rows/ ? "datasets => '{$case}'" : "datasets => '{}'");
}
create_checker($node, 'fine', '(module (func (export "check")))');
create_checker($node, 'deep', '(module (func $deep (export "check") (call $deep) (call $deep)))');
create_checker($node, 'huge', '(module (memory 1) (func (export "check")
    (loop $again (br_if $again (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) unreachable))');

# A guest that logs "running" and then does what the code says.
sub busy_guest {
    my ($code, $definitions, $imports) = @_;
    $definitions //= '';
    $imports     //= '';
    return <<"WAT";
(module
  (import "checker" "log" (func \$log (param i32 i32 i32)))
  $imports
  (memory (export "memory") 1)
  (data (i32.const 0) "running")
  $definitions
  (func (export "check") (call \$log (i32.const 1) (i32.const 0) (i32.const 7)) $code))
WAT
}

sub count_recorded {
    return $node->safe_psql('postgres', 'SELECT count(*) FROM checker.run');
}

my $settings = "SELECT current_user, session_user, current_setting('search_path'), current_setting('role'),
    current_setting('datestyle'), current_setting('transaction_read_only'), current_setting('statement_timeout'),
    pg_backend_pid()";
my $prepare = "SET search_path = pg_catalog, public; SET datestyle = 'SQL, DMY'; SET intervalstyle = 'iso_8601'";

sub session {
    my $session = $node->background_psql('postgres', on_error_stop => 0);
    $session->query_safe($prepare);
    $session->query_safe('\set VERBOSITY verbose');
    return $session;
}

# The session does what it did before: same user and settings, and runs work.
sub goes_on {
    my ($session, $settings_before, $what) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $session->{stderr} = '';
    is($session->query($settings), $settings_before, "$what: user and settings are as before");
    is($session->query("SELECT status FROM checker.run_checker('fine')"), 'ok', "$what: the session runs the next one");
    return;
}

my $session  = session();
my $as_ever  = $session->query($settings);
my $pid      = $session->query('SELECT pg_backend_pid()');
my $executor = $node->background_psql('postgres');

for my $case (@cases) {
    # By statement_timeout.
    my $recorded = count_recorded();
    $session->query("SET statement_timeout = '100ms'");
    my $seconds = seconds_of(sub { $session->query("SELECT checker.run_checker('$case')") });
    is(sqlstate_of($session->{stderr}), '57014', "$case: statement_timeout");
    prompt_enough($seconds - 0.1, "$case: statement_timeout is prompt");
    $session->query('SET statement_timeout = 0');

    # By pg_cancel_backend, in a transaction that goes on from a savepoint.
    $session->query('BEGIN; SAVEPOINT before');
    my $log_at = -s $node->logfile;
    $session->{stderr} = '';
    $session->{stdin} .= "SELECT checker.run_checker('$case');\n\\echo ended\n";
    $session->{run}->pump_nb;
    $node->wait_for_log(qr/\[$pid\].*checker "default\.$case": running/, $log_at);
    $seconds = seconds_of(sub {
        $executor->query_safe("SELECT pg_cancel_backend($pid)");
        $session->query_until(qr/ended/, '');
    });
    is(sqlstate_of($session->{stderr}), '57014', "$case: cancel");
    prompt_enough($seconds, "$case: cancel is prompt");
    $session->query('ROLLBACK TO before');
    is(count_recorded(), $recorded, "$case: cancelled runs are not recorded");
    goes_on($session, $as_ever, $case);
    $session->query('COMMIT');

    # By its own deadline: a verdict, not a cancel.
    $session->query("SET checker.timeout = '100ms'");
    $session->{stderr} = '';
    my $verdict;
    $seconds = seconds_of(sub {
        $verdict = $session->query("SELECT status, error LIKE '%time%' FROM checker.run_checker('$case')");
    });
    is($verdict, 'error|t', "$case: the checker's deadline is its error");
    prompt_enough($seconds - 0.1, "$case: the deadline is prompt");
    $session->query('RESET checker.timeout');

    # By pg_terminate_backend.
    my $other     = session();
    my $other_pid = $other->query('SELECT pg_backend_pid()');
    $log_at = -s $node->logfile;
    $other->{stdin} .= "SELECT checker.run_checker('$case');\n";
    $other->{run}->pump_nb;
    $node->wait_for_log(qr/\[$other_pid\].*checker "default\.$case": running/, $log_at);
    $recorded = count_recorded();
    $seconds = seconds_of(sub {
        $executor->query_safe("SELECT pg_terminate_backend($other_pid)");
        wait_until("the backend of $case is gone", sub { !-d "/proc/$other_pid" });
    });
    prompt_enough($seconds, "$case: termination is prompt");
    is(count_recorded(), $recorded, "$case: terminated runs are not recorded");
    eval { $other->{run}->kill_kill };
}

# What ends by itself.
is($session->query("SELECT status, error LIKE '%stack%' FROM checker.run_checker('deep')"), 'error|t',
    'endless recursion ends at the stack limit');
is($session->query("SELECT status, error LIKE '%unreachable%' FROM checker.run_checker('huge')"), 'error|t',
    'memory ends at the memory limit');
goes_on($session, $as_ever, 'after both');

# A cancel is caught by whoever called, as any other.
is($session->query(<<'SQL'), 'caught', 'a caller may catch the cancel');
CREATE FUNCTION public.caught() RETURNS text LANGUAGE plpgsql SET statement_timeout = 0 AS $$
BEGIN
  PERFORM checker.run_checker('loop');
EXCEPTION WHEN query_canceled THEN
  RETURN 'caught';
END $$;
SET statement_timeout = '100ms';
SELECT public.caught();
SET statement_timeout = 0;
SQL
goes_on($session, $as_ever, 'after a caught cancel');
$session->quit;

# A fast shutdown ends all of them.
my $log_at = -s $node->logfile;
my @sessions = map { session() } @cases;
for my $i (0 .. $#cases) {
    $sessions[$i]->{stdin} .= "SELECT checker.run_checker('$cases[$i]');\n";
    $sessions[$i]->{run}->pump_nb;
}
$node->wait_for_log(qr/checker "default\.$_": running/, $log_at) for @cases;
$executor->quit;
my $seconds = seconds_of(sub { $node->stop('fast') });
prompt_enough($seconds, 'a fast shutdown with all of them running is prompt');
for my $ended (@sessions) { eval { $ended->{run}->kill_kill } }
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|was terminated|TRAP:|ERROR:  XX/, 'no backend crashed');

done_testing();
