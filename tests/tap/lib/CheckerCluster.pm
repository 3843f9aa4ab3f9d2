# Private clusters with the extension, guests to run there, and the clock.
#
# A cluster is a PostgreSQL::Test::Cluster, which stops it at the end of the test. Guests are functions that return
# WebAssembly text. Nothing here waits for time to pass: wait_until polls a condition.
package CheckerCluster;

use strict;
use warnings;

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(
  asserts_empty calls create_cluster create_checker endless_loop new_cluster prompt_enough reads_datasets
  seconds_of sqlstate_of wait_until
);

# Superuser of every cluster, whoever runs the tests.
$ENV{PGUSER} = 'postgres';

# Ended from outside, as when the driver is killed, a test still stops its clusters: END blocks run after die only.
$SIG{TERM} = sub { die "terminated\n" };

# How long what has to be prompt may take on a machine that is busy with other things.
our $prompt_seconds = 5;

# A cluster that is not started, in UTF-8, with room for slow compilers.
sub new_cluster {
    my ($name, %options) = @_;
    my $node = PostgreSQL::Test::Cluster->new($name);
    $node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8', '--username=postgres' ], %options);
    $node->append_conf('postgresql.conf', <<'CONF');
log_statement = none
max_connections = 30
timezone = 'UTC'
checker.compile_timeout = '120s'
checker.timeout = '120s'
CONF
    return $node;
}

# A running one with the extension in database postgres.
sub create_cluster {
    my $node = new_cluster(@_);
    $node->start;
    $node->safe_psql('postgres', 'CREATE EXTENSION pg_checker');
    return $node;
}

# Creates a checker from WebAssembly text; the other options are SQL, as in "timeout => '1s'".
sub create_checker {
    my ($node, $name, $wat, @options) = @_;
    my $options = join '', map { ", $_" } @options;
    $node->safe_psql('postgres', "SELECT checker.create_checker('$name', 'wat', \$wat\$$wat\$wat\$$options)");
    return;
}

# Text for a data segment.
sub _literal {
    my ($text) = @_;
    return join '', map { sprintf '\\%02x', $_ } unpack 'C*', $text;
}

# check asserts that each of the datasets is empty.
sub asserts_empty {
    return _asserting('assert_empty', map { [ $_, "$_ is empty" ] } @_);
}

# check fails once for each of the datasets, with its rows as CSV for a message.
sub reads_datasets {
    my @names = @_;
    my $at    = 0;
    my ($data, $code) = ('', '');
    for my $name (@names) {
        my $length = length $name;
        $data .= sprintf "(data (i32.const %d) \"%s\")\n", $at, _literal($name);
        $code .= "(call \$dataset (i32.const $at) (i32.const $length)) (call \$fail)\n";
        $at += $length;
    }
    return <<"WAT";
(module
  (import "checker" "dataset" (func \$dataset (param i32 i32) (result i32 i32)))
  (import "checker" "fail" (func \$fail (param i32 i32)))
  (memory (export "memory") 1)
  $data
  (func (export "check") $code))
WAT
}

sub _asserting {
    my ($function, @pairs) = @_;
    my $at = 0;
    my ($data, $code) = ('', '');
    for my $pair (@pairs) {
        my $arguments = '';
        for my $text (@$pair) {
            $data .= sprintf "(data (i32.const %d) \"%s\")\n", $at, _literal($text);
            $arguments .= sprintf '(i32.const %d) (i32.const %d)', $at, length $text;
            $at += length $text;
        }
        $code .= "(drop (call \$assert $arguments))\n";
    }
    return <<"WAT";
(module
  (import "checker" "$function" (func \$assert (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  $data
  (func (export "check") $code))
WAT
}

# check never ends.
sub endless_loop {
    return '(module (func (export "check") (loop $again (br $again))))';
}

# The SQLSTATE of the first error in what psql wrote with VERBOSITY verbose, or ''.
sub sqlstate_of {
    my ($errors) = @_;
    return $errors =~ /(?:ERROR|FATAL):\s+([0-9A-Z]{5}):/ ? $1 : '';
}

# Polls until the code returns true; dies after a while.
sub wait_until {
    my ($what, $code) = @_;
    my $deadline = time + $PostgreSQL::Test::Utils::timeout_default;
    until ($code->()) {
        die "waited in vain until $what" if time > $deadline;
        sleep 0.01;
    }
    return;
}

# How long the code takes.
sub seconds_of {
    my ($code) = @_;
    my $start = time;
    $code->();
    return time - $start;
}

# Passes if it took little time, and says how much.
sub prompt_enough {
    my ($seconds, $what) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($seconds < $prompt_seconds, sprintf '%s (%.0f ms)', $what, $seconds * 1000);
    return;
}

1;
