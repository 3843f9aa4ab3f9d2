# Who may what: PUBLIC nothing, a reader what it owns, a dataset what its owner may, and nobody more than before.
use strict;
use warnings;

use CheckerCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = create_cluster('node');
my %level = (rita => 'reader', rob => 'runner', ann => 'author', bob => 'author', olga => 'operator', adam => 'admin');
$node->safe_psql('postgres', join '', map { "CREATE ROLE $_ LOGIN;" } (sort keys %level), 'nobody');
$node->safe_psql('postgres', "SELECT checker.grant_access('$level{$_}', '$_')") for sort keys %level;
$node->safe_psql('postgres', <<'SQL');
GRANT CREATE ON SCHEMA public TO ann, bob, rita;
CREATE TABLE secret AS SELECT 'treasure' AS word;
SQL

# Runs SQL as a role: (output, SQLSTATE of the first error, all messages).
sub as {
    my ($role, $sql) = @_;
    my ($code, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql", extra_params => [ '-U', $role ],
        on_error_stop => 0);
    return ($out, sqlstate_of($err), $err);
}

sub state_as { my @result = as(@_); return $result[1] }
sub output_as { my @result = as(@_); diag $result[2] if $result[1]; return $result[0] }

# PUBLIC.
is($node->safe_psql('postgres', <<'SQL'), '', 'PUBLIC may call no function');
SELECT p.oid::regprocedure FROM pg_proc p
WHERE p.pronamespace = 'checker'::regnamespace AND has_function_privilege('nobody', p.oid, 'EXECUTE')
SQL
is($node->safe_psql('postgres', <<'SQL'), '', 'PUBLIC may not even look at a table, view or sequence');
SELECT c.oid::regclass FROM pg_class c
WHERE c.relnamespace = 'checker'::regnamespace
      AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege('nobody', c.oid, 'USAGE, SELECT, UPDATE')
               WHEN c.relkind IN ('r', 'v') THEN
                 has_table_privilege('nobody', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                 OR has_any_column_privilege('nobody', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') END
SQL
is($node->safe_psql('postgres', q{SELECT has_schema_privilege('nobody', 'checker', 'USAGE, CREATE')}), 'f',
    'PUBLIC has no way into the schema');
is($node->safe_psql('postgres', <<'SQL'), '', 'functions with rights of their own pin their search_path');
SELECT p.oid::regprocedure FROM pg_proc p
WHERE p.pronamespace = 'checker'::regnamespace AND p.prosecdef
      AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
SQL
is($node->safe_psql('postgres', <<'SQL'), '', 'views are barriers and belong to the owner of the extension');
SELECT c.oid::regclass FROM pg_class c
WHERE c.relnamespace = 'checker'::regnamespace AND c.relkind = 'v'
      AND (NOT coalesce('security_barrier=true' = ANY (c.reloptions), false)
           OR c.relowner <> (SELECT nspowner FROM pg_namespace WHERE nspname = 'checker'))
SQL
is($node->safe_psql('postgres', <<'SQL'), '', 'nobody but the operator has more than SELECT on anything');
SELECT c.oid::regclass, a.grantee::regrole, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relnamespace = 'checker'::regnamespace AND a.grantee <> c.relowner
      AND a.privilege_type <> 'SELECT' AND c.relname <> 'holiday'
SQL
is($node->safe_psql('postgres', <<'SQL'), '', 'and that on views only');
SELECT c.oid::regclass, a.grantee::regrole FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relnamespace = 'checker'::regnamespace AND a.grantee <> c.relowner
      AND c.relkind <> 'v' AND c.relname <> 'holiday'
SQL
is(state_as('nobody', "SELECT * FROM checker.checkers"), '42501', 'a stranger is turned away');
is(state_as('nobody', "SELECT checker.param('a')"), '42501', 'from every function');

# An admin lets others in, and out.
is(state_as('adam', "SELECT checker.grant_access('reader', 'nobody')"), '', 'an admin grants');
is(output_as('nobody', 'SELECT count(*) FROM checker.checkers'), '0', 'the role that it was granted to may look');
is(state_as('adam', "SELECT checker.revoke_access('reader', 'nobody')"), '', 'an admin revokes');
is(state_as('nobody', 'SELECT count(*) FROM checker.checkers'), '42501', 'and the role may not any more');

# What ann makes is hers.
is(state_as('ann', <<'SQL'), '', 'an author makes a table and a dataset');
CREATE TABLE hers AS SELECT 'treasure' AS word;
SELECT checker.create_dataset('hers', 'SELECT word FROM public.hers', params => '{"p": "treasure"}');
SQL
my $wat = asserts_empty('hers');
is(state_as('ann', "SELECT checker.create_checker('hers', 'wat', \$\$$wat\$\$, datasets => '{hers}', schedule => '1 hour',
    description => 'treasure'); SELECT checker.run_checker('hers')"), '', 'and a checker, and runs it');
for my $role (qw(rita rob bob olga adam)) {
    for my $view (qw(checkers datasets runs assertions alarms)) {
        is(output_as($role, "SELECT count(*) FROM checker.$view"), '0', "$role sees nothing of hers in $view");
    }
}
for my $view (qw(checkers datasets runs assertions alarms)) {
    is(output_as('ann', "SELECT count(*) FROM checker.$view"), '1', "she does in $view");
}
is(state_as('rita', "SELECT checker.run_checker('hers')"),                             '42501', 'a reader runs nothing');
is(state_as($_, "SELECT checker.run_checker('hers')"), '42501', "$_ does not run what is hers")            for qw(rob bob);
is(state_as($_, "SELECT checker.evaluate_checker('hers')"), '42501', "$_ does not evaluate what is hers")  for qw(rob bob);
is(state_as($_, "SELECT checker.require_checker('hers')"), '42501', "$_ does not require what is hers")    for qw(rob bob);
is(state_as($_, "SELECT checker.preview_dataset('hers')"), '42501', "$_ does not preview what is hers")    for qw(rob bob);
is(output_as('bob', "SELECT count(*) FROM checker.run_checker()"), '0', 'run_checker() leaves out what is not his');
is(output_as('bob', "SELECT checker.require_checker()"), '', 'and so does require_checker()');
is(state_as('bob', "SELECT checker.create_checker('his', 'wat', \$\$$wat\$\$, datasets => '{hers}')"), '42501',
    'he does not use her dataset in a checker');
is(state_as('bob', "SELECT checker.create_dataset('hers', 'SELECT 1 AS one', or_replace => true)"), '42501',
    'nor replace it');
is(state_as('bob', "SELECT checker.create_checker('hers', 'wat', \$\$$wat\$\$, or_replace => true)"), '42501',
    'nor her checker');
is(state_as('bob', "SELECT checker.drop_checker('hers')"), '42501', 'nor drop it');
is(state_as('bob', "SELECT checker.drop_dataset('hers', force => true)"), '42501', 'nor her dataset');
is(state_as('bob', "SELECT checker.create_dataset('secrets', 'SELECT word FROM public.secret')"), '42501',
    'a dataset of what he may not read is refused');
is(output_as('olga', 'SELECT count(*) FROM checker.claim_due()'), '0', 'an operator claims what it may run');
is(state_as($_, 'SELECT checker.claim_due()'), '42501', "$_ does not claim") for qw(rita rob bob);
is(state_as($_, "SELECT checker.grant_access('admin', '$_')"), '42501', "$_ does not grant") for qw(rita rob bob olga);

# A condition of the reader's is not asked about rows that it may not see.
my ($out, $state, $messages) = as('rita', <<'SQL');
CREATE FUNCTION public.leak(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
  RAISE NOTICE 'leaked %', value;
  RETURN true;
END $$;
SELECT count(*) FROM checker.datasets WHERE public.leak(query || params);
SELECT count(*) FROM checker.checkers WHERE public.leak(description);
SELECT count(*) FROM checker.assertions WHERE public.leak(sample::text || message);
SELECT count(*) FROM checker.runs WHERE public.leak(message);
SELECT count(*) FROM checker.alarms WHERE public.leak(checker);
SQL
is($state, '', 'a reader filters the views');
unlike($messages, qr/leaked/, 'its function sees no row that it may not see');

# A member of her role is as she is.
$node->safe_psql('postgres', 'GRANT ann TO bob');
is(output_as('bob', 'SELECT count(*) FROM checker.runs'), '1', 'a member of the role sees what is hers');
is(output_as('bob', "SELECT status FROM checker.run_checker('hers')"), 'fail', 'and runs it');
$node->safe_psql('postgres', 'REVOKE ann FROM bob');
is(output_as('bob', 'SELECT count(*) FROM checker.runs'), '0', 'no longer a member, no longer');

# A dataset has its owner's rights, whoever runs it: not the superuser's, and those only while they last.
is(state_as('ann', <<'SQL'), '', 'datasets that try to get at more');
CREATE FUNCTION public.attempt(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE command;
  RETURN 'done: ' || command;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$;
CREATE FUNCTION public.attempts() RETURNS TABLE (command text, outcome text) LANGUAGE sql AS $$
  SELECT c, public.attempt(c) FROM unnest(ARRAY[
    'SET ROLE postgres', 'RESET ROLE', 'SET SESSION AUTHORIZATION postgres', 'RESET SESSION AUTHORIZATION',
    'SELECT set_config(''role'', ''postgres'', false)', 'SELECT set_config(''session_authorization'', ''postgres'', false)',
    'SET transaction_read_only = off', 'SET TRANSACTION READ WRITE',
    'ALTER ROLE ann SUPERUSER', 'CREATE TABLE public.more (a int)', 'CREATE TEMP TABLE more (a int)',
    'INSERT INTO public.hers VALUES (''more'')', 'TABLE public.secret', 'PREPARE planted AS SELECT 1',
    'DECLARE planted CURSOR WITH HOLD FOR SELECT 1', 'LISTEN planted', 'COPY public.hers TO PROGRAM ''true''',
    'SELECT pg_read_file(''PG_VERSION'')', 'SELECT checker.run_checker(''hers'')',
    'SELECT checker.evaluate_checker(''hers'')', 'SELECT checker.preview_dataset(''hers'')',
    'SELECT checker.create_dataset(''more'', ''SELECT 1 AS one'')', 'SELECT checker.drop_checker(''hers'')',
    'SELECT checker.claim_due()', 'TABLE checker.checker', 'TABLE checker.outbox',
    'SELECT nextval(''checker.run_id_seq'')', 'LOAD ''pg_checker''', 'CHECKPOINT',
    'COMMIT', 'SET LOCAL checker.max_timeout = ''10min''', 'SET checker.c_compiler = ''/bin/true''']) c
$$;
SELECT checker.create_dataset('attempts', 'SELECT command, outcome FROM public.attempts()');
SELECT checker.create_dataset('identity', $$SELECT current_user AS me, current_setting('is_superuser') AS superuser,
  has_table_privilege('public.secret', 'SELECT') AS reads, current_setting('search_path') AS path$$);
SQL
for my $role (qw(postgres ann)) {
    my %outcome = map { /^(.*)\|(.*)$/ ? ($1 => $2) : () } split /\n/,
      $node->safe_psql('postgres', q{SELECT r ->> 'command' || '|' || (r ->> 'outcome') FROM checker.preview_dataset('attempts', 100) r},
        extra_params => [ '-U', $role ]);
    cmp_ok(scalar keys %outcome, '>=', 32, "$role: all attempts were made");
    # Refused with a right that is lacking, a write that is not allowed, or a state that does not fit.
    my @done = grep { $outcome{$_} !~ /^(?:42501|25006|25001|55000|0A000|2F003|2D000)$/ } sort keys %outcome;
    is(join("\n", map { "$_: $outcome{$_}" } @done), '', "$role: each attempt is refused");
}
my $identity = $node->safe_psql('postgres', "SELECT checker.preview_dataset('identity')");
like($identity, qr/"me": "ann"/,    'a superuser runs the dataset as its owner');
like($identity, qr/"reads": false/, 'with the rights of its owner');
$node->safe_psql('postgres', 'REVOKE SELECT ON hers FROM ann; ALTER TABLE hers OWNER TO bob');
is($node->safe_psql('postgres', "SELECT status, error LIKE '%permission denied for table hers%' FROM checker.run_checker('hers')"),
    'error|t', 'a right that the owner has lost is lost for the dataset');
$node->safe_psql('postgres', 'ALTER TABLE hers OWNER TO ann; GRANT SELECT ON hers TO ann');

# What a dataset's query sets is gone after it, and changes nothing of the run.
is(state_as('ann', <<'SQL'), '', 'a dataset that changes settings');
CREATE FUNCTION public.meddle() RETURNS text LANGUAGE sql AS $$
  SELECT set_config('checker.emit', 'none', false) || set_config('work_mem', '64kB', false)
         || set_config('search_path', 'evil', false) || set_config('datestyle', 'German', false)
$$;
SELECT checker.create_dataset('meddling', 'SELECT public.meddle() AS m');
SQL
$wat = asserts_empty('meddling');
is(state_as('ann', "SELECT checker.create_checker('meddling', 'wat', \$\$$wat\$\$, datasets => '{meddling}')"), '',
    'with its checker');
is($node->safe_psql('postgres', <<'SQL'), "fail\n4MB|public|ISO, MDY|failures\n2", 'settings are as before, and the messages are there');
SET search_path = public;
DELETE FROM checker.outbox;
SELECT status FROM checker.run_checker('meddling');
SELECT current_setting('work_mem'), current_setting('search_path'), current_setting('datestyle'), current_setting('checker.emit');
SELECT count(*) FROM checker.outbox;
SQL

# Row-level security is that of the dataset's owner.
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE post (whose name, text text);
INSERT INTO post VALUES ('ann', 'by ann'), ('bob', 'by bob'), ('postgres', 'by postgres');
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON post USING (whose = current_user);
GRANT SELECT ON post TO ann, bob;
SQL
for my $role (qw(ann bob)) {
    is(state_as($role, "SELECT checker.create_dataset('posts_of_$role', 'SELECT text FROM public.post')"), '',
        "$role makes a dataset of a table with row-level security");
}
is($node->safe_psql('postgres', <<'SQL'), "{\"text\": \"by ann\"}\n{\"text\": \"by bob\"}\n{\"text\": \"by ann\"}", 'each shows its owner\'s rows, also to a superuser');
SELECT checker.preview_dataset('posts_of_ann');
SELECT checker.preview_dataset('posts_of_bob');
SELECT checker.preview_dataset('posts_of_ann');
SQL

# Levels are taken back.
$node->safe_psql('postgres', "SELECT checker.revoke_access('author', 'bob')");
is(state_as('bob', "SELECT checker.create_dataset('more', 'SELECT 1 AS one')"), '42501', 'bob is no author any more');
is(state_as('bob', 'SELECT checker.run_checker()'), '', 'but a runner');
$node->safe_psql('postgres', "SELECT checker.revoke_access('reader', '$_')") for sort keys %level;
is($node->safe_psql('postgres', <<'SQL'), '', 'after taking the lowest level away nothing is left');
SELECT a.grantee::regrole, a.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) a
WHERE n.nspname = 'checker' AND a.grantee <> n.nspowner
UNION ALL SELECT a.grantee::regrole, c.relname FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relnamespace = 'checker'::regnamespace AND a.grantee <> c.relowner
UNION ALL SELECT a.grantee::regrole, p.proname FROM pg_proc p, aclexplode(p.proacl) a
WHERE p.pronamespace = 'checker'::regnamespace AND a.grantee <> p.proowner
SQL

done_testing();
