# The cache of compiled checkers may be cold, deleted or damaged at any time.
use strict;
use warnings;

use CheckerCluster;
use File::Copy;
use File::Path;
use PostgreSQL::Test::Utils;
use Test::More;

my $node    = create_cluster('node');
my $cache   = $node->data_dir . '/pgsql_tmp_checker';
my $folder  = PostgreSQL::Test::Utils::tempdir;
my $gate    = "$folder/gate";
my $counted = "$folder/compiled";
my $wrapper = "$folder/cc";

# A C compiler that counts its calls, and waits while there is a gate.
append_to_file($wrapper, <<"SH");
#!/bin/sh
echo \$\$ >>$counted
while [ -e $gate ]; do sleep 0.02; done
exec /usr/bin/gcc "\$@"
SH
chmod 0755, $wrapper;
$node->append_conf('postgresql.conf', "checker.c_compiler = '$wrapper'");
$node->reload;

create_checker($node, 'fails',   '(module (func (export "check") (result i32) i32.const 7))');
create_checker($node, 'passes',  '(module (func (export "check")))');
my $run = 'SELECT status, message FROM checker.run_checker';
my $fails = 'fail|check returned 7';

sub forget_compiles { unlink $counted; return }
sub count_compiles  { return -e $counted ? scalar(my @lines = split /\n/, slurp_file($counted)) : 0 }
sub artifacts       { my @found = glob "$cache/*.so"; return @found }
sub leftovers       { my @found = grep { !/\.so$|\/(?:engine_stats|run_slots)$/ } glob "$cache/* $cache/.[!.]*"; return @found }

is(artifacts() + 0, 2, 'there are two artifacts');

# Four sessions at once.
rmtree $cache;
forget_compiles();
append_to_file($gate, '');
my @sessions = map { $node->background_psql('postgres', on_error_stop => 0) } 1 .. 4;
for my $session (@sessions) {
    $session->{stdin} .= "$run('fails');\n\\echo ended\n";
    $session->{run}->pump_nb;
}
wait_until('four helpers run', sub { count_helpers() == 4 });
wait_until('one of them compiles', sub { count_compiles() > 0 });
unlink $gate;
is(join(' ', map { (split /\n/, $_->query_until(qr/ended/, ''))[0] } @sessions), join(' ', ($fails) x 4),
    'four first runs at once succeed');
is(count_compiles(), 1, 'with one compilation');
is(artifacts() + 0, 1, 'and one artifact');
is(leftovers() + 0, 0, 'and nothing beside it');

# The compile helpers of this cluster: those that work on its cache.
sub count_helpers {
    return scalar grep { my $line = read_line($_); $line =~ /checker-compile/ && index($line, $cache) >= 0 }
      glob '/proc/[0-9]*/cmdline';
}

sub read_line {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    my $line = <$file> // '';
    close $file;
    return $line;
}

# Deleted between runs: a session goes on with what it has loaded, a new one compiles again.
rmtree $cache;
forget_compiles();
is($sessions[0]->query("$run('fails')"), $fails, 'a session goes on without the cache');
is(count_compiles(), 0, 'without compiling');
is($node->safe_psql('postgres', "$run('fails')"), $fails, 'a new session runs');
is(count_compiles(), 1, 'after compiling again');
is(sprintf('%o', (stat $cache)[2] & 07777), '700', 'into a private folder');

# Damaged, each time before a new session.
my ($artifact) = artifacts();
$node->safe_psql('postgres', "$run('passes')");
my ($other) = grep { $_ ne $artifact } artifacts();
my $good = slurp($artifact);

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "could not open $path: $!";
    local $/ = undef;
    my $content = <$file>;
    close $file;
    return $content;
}

sub put {
    my ($path, $content) = @_;
    unlink $path;
    open my $file, '>:raw', $path or die "could not write $path: $!";
    print $file $content;
    close $file or die;
    chmod 0600, $path;
    return;
}

my $changed = $good;
substr($changed, length($good) / 2, 1) ^= "\x01";
my %damages = (
    'truncated'              => sub { put($artifact, substr $good, 0, length($good) / 2) },
    'truncated by a byte'    => sub { put($artifact, substr $good, 0, length($good) - 1) },
    'empty'                  => sub { put($artifact, '') },
    'changed in one bit'     => sub { put($artifact, $changed) },
    'text'                   => sub { put($artifact, 'not an artifact') },
    'without its trailer'    => sub { put($artifact, substr $good, 0, length($good) - 100) },
    'longer'                 => sub { put($artifact, $good . "\0") },
    'open to others'         => sub { chmod 0666, $artifact },
    'readable by others'     => sub { chmod 0644, $artifact },
    'a link to itself elsewhere' => sub { put("$folder/elsewhere", $good); unlink $artifact; symlink "$folder/elsewhere", $artifact },
    'a dangling link'        => sub { unlink $artifact; symlink "$folder/nowhere", $artifact },
    'a pipe'                 => sub { unlink $artifact; system('mkfifo', '-m', '600', $artifact) },
    'another checker\'s'     => sub { put($artifact, slurp($other)) },
);
for my $damage (sort keys %damages) {
    forget_compiles();
    $damages{$damage}->();
    is($node->safe_psql('postgres', "$run('fails')"), $fails, "an artifact that is $damage is not loaded");
    is(count_compiles(), 1, "$damage: it is made anew");
    is(sprintf('%o', (lstat $artifact)[2]), '100600', "$damage: as a private file");
}

# A folder that others may write to is not used at all.
chmod 0777, $cache;
like($node->safe_psql('postgres', "SELECT status, error FROM checker.run_checker('fails')"),
    qr/^error\|cannot use the artifact cache/, 'a folder that is open to others is refused');
chmod 0700, $cache;
rename $cache, "$folder/moved";
symlink "$folder/moved", $cache;
like($node->safe_psql('postgres', "SELECT status, error FROM checker.run_checker('fails')"),
    qr/^error\|cannot use the artifact cache/, 'a link in its place is refused');
unlink $cache;
rename "$folder/moved", $cache;
is($node->safe_psql('postgres', "$run('fails')"), $fails, 'mended, it is used again');

# A cancelled compilation takes its processes along.
for my $way ('cancel', 'statement_timeout', 'termination') {
    rmtree $cache;
    forget_compiles();
    append_to_file($gate, '');
    my $session = $node->background_psql('postgres', on_error_stop => 0);
    my $pid     = $session->query('SELECT pg_backend_pid()');
    $session->query('\set VERBOSITY verbose');
    $session->query("SET statement_timeout = '2s'") if $way eq 'statement_timeout';
    $session->{stdin} .= "$run('fails');\n\\echo ended\n";
    $session->{run}->pump_nb;
    wait_until('it compiles', sub { count_compiles() == 1 });
    my $compiler = slurp_file($counted);
    chomp $compiler;
    my $seconds = seconds_of(sub {
        $node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)")    if $way eq 'cancel';
        $node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)") if $way eq 'termination';
        $session->query_until(qr/ended/, '') if $way ne 'termination';
        wait_until('its processes are gone', sub { count_helpers() == 0 && !kill 0, $compiler });
    });
    prompt_enough($seconds, "$way ends a compilation and its processes");
    # The file of the lock stays for whoever compiles next; the lock itself went with the helper.
    wait_until("$way leaves nothing in the cache", sub { 0 == grep { !/\.lock$/ } leftovers() });
    is(sqlstate_of($session->{stderr}), '57014', "$way: as a cancelled statement") if $way ne 'termination';
    unlink $gate;
    is($session->query("SET statement_timeout = 0; $run('fails')"), $fails, "$way: the session compiles next time")
      if $way ne 'termination';
    is($node->safe_psql('postgres', "$run('fails')"), $fails, "$way: so does any other");
    is(leftovers() + 0, 0, "$way: and nothing at all is left");
    eval { $session->{run}->kill_kill };
}
is($node->safe_psql('postgres', q{SELECT count(*) FROM checker.runs WHERE error LIKE '%stopped%'}), '0',
    'nothing was recorded for them');
$_->quit for @sessions;

done_testing();
