# A backend that runs checkers all day does not grow, whatever becomes of the runs.
use strict;
use warnings;

use CheckerCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = 250;
my $node   = create_cluster('node');
$node->append_conf('postgresql.conf', "log_min_messages = fatal\nsynchronous_commit = off");
$node->reload;
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE item AS SELECT i AS id, repeat('x', 100) AS text FROM generate_series(1, 1000) i;
CREATE FUNCTION broken() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken'' USING DETAIL = repeat(''d'', 1000); END';
SELECT checker.create_dataset('items', 'SELECT id, text FROM item');
SELECT checker.create_dataset('broken', 'SELECT public.broken() AS n');
SQL
create_checker($node, 'ok',     '(module (memory 16) (func (export "check")))');
create_checker($node, 'fails',  asserts_empty('items'),  "datasets => '{items}'", 'max_samples => 100');
create_checker($node, 'reads',  reads_datasets('items'), "datasets => '{items}'");
create_checker($node, 'traps',  '(module (func (export "check") unreachable))');
create_checker($node, 'starves', endless_loop(), 'fuel => 100000');
create_checker($node, 'broken', asserts_empty('broken'), "datasets => '{broken}'");
create_checker($node, 'grows',  '(module (memory 1) (func (export "check") (loop $again
    (br_if $again (i32.ge_s (memory.grow (i32.const 16)) (i32.const 0)))) unreachable))', "memory_limit => '8MB'");
create_checker($node, 'deep',   '(module (func $deep (export "check") (call $deep) (call $deep)))');
create_checker($node, 'late',   endless_loop());
my @runs = map { "SELECT status FROM checker.run_checker('$_')" } qw(ok fails reads traps starves broken grows deep);
my $all  = join ";\n", @runs, "SELECT count(*) FROM checker.preview_dataset('items')",
  q{SELECT checker.evaluate_checker('fails') ->> 'status'}, q{SELECT checker.run_checker('no_such')},
  q{SELECT checker.require_checker('fails')}, q{SELECT checker.create_dataset('bad', 'SELECT nothing FROM nowhere')},
  q{SET statement_timeout = 1}, q{SELECT checker.run_checker('late')}, q{SET statement_timeout = 0};

my $session = $node->background_psql('postgres', on_error_stop => 0);
my $pid     = $session->query('SELECT pg_backend_pid()');

sub run_rounds {
    my ($times) = @_;
    $session->query("$all;\n" x 10) for 1 .. $times / 10;
    $session->{stderr} = '';
    return;
}

sub contexts_bytes {
    return scalar $session->query('SELECT sum(total_bytes) FROM pg_backend_memory_contexts');
}

# Without shared memory, of which a backend maps what it touches.
sub resident_kb {
    my ($kilobytes) = slurp_file("/proc/$pid/status") =~ /^RssAnon:\s+(\d+) kB/m;
    return $kilobytes;
}

sub count_mappings {
    return scalar(my @lines = split /\n/, slurp_file("/proc/$pid/maps"));
}

sub count_descriptors {
    return scalar(my @links = glob "/proc/$pid/fd/*");
}

is($session->query(join ";\n", @runs), join("\n", qw(ok fail fail error error error error error)),
    'the runs end as they are meant to');
$session->{stderr} = '';
run_rounds(50);
my @before = (contexts_bytes(), resident_kb(), count_mappings(), count_descriptors());
run_rounds($rounds);
my @after = (contexts_bytes(), resident_kb(), count_mappings(), count_descriptors());
is($node->safe_psql('postgres', 'SELECT count(*) >= 2000 FROM checker.run'), 't', 'there were 2,000 runs and more');
my @grown = map { $after[$_] - $before[$_] } 0 .. 3;
ok($grown[0] < 100_000, "memory contexts have grown by $grown[0] bytes, from $before[0]");
ok($grown[1] < 1_500,   "the process has grown by $grown[1] kB, from $before[1]");
ok($grown[2] < 10,      "the process has $grown[2] mappings more, of $before[2]");
ok($grown[3] < 5,       "the process has $grown[3] open files more, of $before[3]");

# The same in one transaction.
my $growth = $session->query(<<'SQL');
CREATE FUNCTION public.grown() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
BEGIN
  FOR i IN 1 .. 600 LOOP
    IF i = 101 THEN
      SELECT sum(total_bytes) INTO before FROM pg_backend_memory_contexts;
    END IF;
    PERFORM status FROM checker.run_checker('fails');
    PERFORM status FROM checker.run_checker('broken');
  END LOOP;
  RETURN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts) - before;
END $$;
SELECT public.grown();
SQL
ok($growth < 1_000_000, "1,000 runs in one transaction take $growth bytes");
$session->quit;

done_testing();
