#!/usr/bin/env python3
"""checkerctl as its callers see it: output, standard error, exit code. Needs the extension installed."""
from ctl_case import FAILED, OK, RUN_FAIL, RUN_OK, RUN_UNKNOWN, RUN_WARN, CtlCase
from harness import Daemon, main

# The example of docs/reference/checkerctl.md, and one checker for each other end that a run can have.
CHECKERS = r'''
CREATE EXTENSION pg_checker;
CREATE TABLE public.orphan (id int, customer_id int);
INSERT INTO public.orphan VALUES (12, 7);
CREATE FUNCTION public.speaking(function text, message bytea) RETURNS text LANGUAGE sql AS $$
  SELECT format('(module (import "checker" "%s" (func $f (param i32 i32))) (memory (export "memory") 1)
    (data (i32.const 0) "%s") (func (export "check") (call $f (i32.const 0) (i32.const %s))))',
    function, regexp_replace(encode(message, 'hex'), '(..)', '\\\1', 'g'), length(message)) $$;
SELECT checker.create_dataset('orphans', 'SELECT id, customer_id FROM public.orphan');
SELECT checker.create_checker('orders_have_customers', 'wat', '(module
  (import "checker" "assert_empty" (func $assert_empty (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "orphans") (data (i32.const 256) "every order has a customer")
  (func (export "check")
    (drop (call $assert_empty (i32.const 0) (i32.const 7) (i32.const 256) (i32.const 26)))))', '{orphans}');
SELECT checker.create_checker('fine', 'wat', '(module (func (export "check")))');
SELECT checker.create_checker('traps', 'wat', '(module (func (export "check") unreachable))');
SELECT checker.create_checker('warns', 'wat', speaking('warn', 'a little late'));
SELECT checker.create_checker('talks', 'wat', speaking('fail', convert_to(E'a|b\rc\nd\te\x7ff\u0085g', 'UTF8')));
CREATE DATABASE bare;
CREATE ROLE reader LOGIN; SELECT checker.grant_access('reader', 'reader');
CREATE ROLE runner LOGIN; SELECT checker.grant_access('runner', 'runner');
CREATE ROLE operator LOGIN; SELECT checker.grant_access('operator', 'operator');
CREATE ROLE stranger LOGIN;
'''


class Ctl(CtlCase):
    SETUP = CHECKERS

    def findings(self, code, **options):
        return {row['check']: row for row in self.document('doctor', code=code, **options)}


class Looking(Ctl):

    def test_status_counts(self):
        self.good('run', 'fine')
        document = self.document('status')
        self.assertEqual(document['outbox']['dead_letters'], 0)
        counts = {row['status']: row['checkers'] for row in document['checkers']}
        self.assertGreaterEqual(counts['ok'], 1)
        self.assertEqual(sum(counts.values()), 5)
        self.assertRegex(self.good('status'), r'(?s)^Outbox\npending: .*\nCheckers\nstatus +checkers ')

    def test_list_shows_every_checker_once(self):
        names = ['fine', 'orders_have_customers', 'talks', 'traps', 'warns']
        self.assertEqual([row['name'] for row in self.document('list')], names)
        table = self.good('list').splitlines()
        self.assertEqual([line.split()[0] for line in table[2:]], names)
        self.assertTrue(self.good('--output', 'yaml', 'list').startswith('- name: "fine"\n'))

    def test_a_reader_sees_its_own_alone(self):
        self.assertEqual(self.document('list', user='reader'), [])
        self.assertEqual(self.good('list', user='reader'), '(none)\n')

    def test_show_has_the_latest_runs_and_the_last_ones_assertions(self):
        self.good('run', 'orders_have_customers', code=RUN_FAIL)
        document = self.document('show', 'orders_have_customers')
        self.assertEqual(document['name'], 'default.orders_have_customers')
        self.assertEqual(document['runs'][0]['status'], 'fail')
        self.assertEqual(document['assertions'][0]['sample'], [{'id': 12, 'customer_id': 7}])
        self.assertIn('Assertions of the last run\n', self.good('show', 'default.orders_have_customers'))

    def test_show_of_an_unknown_checker(self):
        self.assertEqual(self.bad('show', 'nope'), 'checkerctl: checker "nope" does not exist\n'
                                                   'hint: checkerctl list shows those that you may see.\n')

    def test_help_and_version_need_no_server(self):
        self.assertRegex(self.good('--version', port=1), r'^checkerctl [0-9.]+\n$')
        self.assertIn('doctor', self.good('--help', port=1))

    def test_a_command_line_that_is_not_valid_ends_with_3(self):
        for arguments in ((), ('bogus',), ('show',), ('list', '--bogus'), ('--output', 'xml', 'list')):
            self.assertEqual(self.ctl(*arguments).returncode, 3, arguments)


class Running(Ctl):

    def test_run_ends_as_monitoring_plugins_do(self):
        self.assertEqual(self.good('run', 'fine', code=RUN_OK), 'OK default.fine | failures=0 passes=0\n')
        self.assertRegex(self.good('run', 'warns', code=RUN_WARN),
                         r'^WARN default.warns: a little late \| failures=[0-9]+ passes=0\n')
        self.assertRegex(self.good('run', 'default.traps', code=RUN_UNKNOWN), r'^ERROR default.traps: ')
        self.assertTrue(self.good('run', 'orders_have_customers', code=RUN_FAIL).startswith(
            'FAIL default.orders_have_customers: every order has a customer | failures=1 passes=0\n\n'
            'every order has a customer\n  expected: = 0\n  actual: 1\nid  customer_id\n--  -----------\n12  7\n'))

    def test_documents_of_a_run(self):
        document = self.document('run', 'orders_have_customers', code=RUN_FAIL)
        self.assertEqual((document['status'], document['failures']), ('fail', 1))
        self.assertEqual(document['failed_assertions'][0]['actual'], '1')
        self.assertIn('\nstatus: "error"\n', self.good('--output', 'yaml', 'run', 'traps', code=RUN_UNKNOWN))

    def test_a_message_cannot_break_the_first_line(self):
        """Everything behind the first | is performance data to a monitoring system."""
        output = self.good('run', 'talks', code=RUN_FAIL)
        self.assertEqual(output.split('\n')[0], 'FAIL default.talks: a/b c d e f g | failures=1 passes=0')
        self.assertEqual(self.document('run', 'talks', code=RUN_FAIL)['message'], 'a|b\rc\nd\te\x7ff\x85g')

    def test_what_cannot_run_ends_with_3(self):
        self.assertIn('checker "default.nope" does not exist', self.bad('run', 'nope', code=RUN_UNKNOWN))
        self.assertIn('json', self.bad('run', 'fine', '--input', '{bad', code=RUN_UNKNOWN))


class Lacking(Ctl):
    """No server, no extension, no rights, no room for the output."""

    def test_no_server(self):
        for command, code in ((('status',), FAILED), (('list',), FAILED), (('show', 'fine'), FAILED),
                              (('run', 'fine'), RUN_UNKNOWN)):
            self.assertIn('hint: Say where the server is', self.bad(*command, code=code, port=1))
        self.assertEqual(self.findings(FAILED, port=1)['connection']['result'], 'bad')

    def test_no_extension(self):
        for command, code in ((('status',), FAILED), (('list',), FAILED), (('show', 'fine'), FAILED),
                              (('run', 'fine'), RUN_UNKNOWN)):
            self.assertIn('hint: Run CREATE EXTENSION pg_checker', self.bad(*command, code=code, database='bare'))
        finding = self.findings(FAILED, database='bare')['extension']
        self.assertEqual((finding['result'], finding['hint']), ('bad', 'Run CREATE EXTENSION pg_checker.'))

    def test_no_rights(self):
        """The hint names what the command needs."""
        for command, code, level in ((('status',), FAILED, 'reader'), (('list',), FAILED, 'reader'),
                                     (('show', 'fine'), FAILED, 'reader'),
                                     (('run', 'fine'), RUN_UNKNOWN, 'runner')):
            self.assertIn(f"hint: Ask for level {level}: SELECT checker.grant_access('{level}', 'role').\n",
                          self.bad(*command, code=code, user='stranger'))
        self.assertIn("grant_access('runner', 'role')", self.bad('run', 'fine', code=RUN_UNKNOWN, user='reader'))

    def test_somebody_elses_checker_is_no_matter_of_levels(self):
        error = self.bad('run', 'fine', code=RUN_UNKNOWN, user='runner')
        self.assertEqual(error, 'checkerctl: permission denied for checker "default.fine"\n'
                                'hint: Ask its owner, or become a member of the role that owns it.\n')

    def test_output_that_cannot_be_written_is_an_error(self):
        with open('/dev/full', 'wb') as full:
            for command, code in ((('status',), FAILED), (('list',), FAILED), (('show', 'fine'), FAILED),
                                  (('doctor',), FAILED), (('--version',), FAILED), (('run', 'fine'), RUN_UNKNOWN)):
                self.assertIn('could not write to standard output: No space left on device',
                              self.bad(*command, code=code, stdout=full))


class Doctor(Ctl):

    def test_a_missing_checkerd_is_found(self):
        findings = self.findings(FAILED)
        self.assertEqual({check: row['result'] for check, row in findings.items()},
                         {'connection': 'ok', 'server': 'ok', 'listen': 'ok', 'extension': 'ok', 'compiler': 'ok',
                          'sidecar': 'bad', 'outbox': 'ok'})

    def test_each_level_can_pass(self):
        daemon = Daemon(self.services)
        self.addCleanup(daemon.end)
        daemon.start().wait_ready()
        for user, skipped in (('postgres', {}), ('operator', {}), ('runner', {'compiler': 'operator'}),
                              ('reader', {'compiler': 'operator'}),
                              ('stranger', {'compiler': 'operator', 'outbox': 'reader'})):
            findings = self.findings(OK, user=user)
            self.assertEqual({check for check, row in findings.items() if row['result'] == 'skipped'}, set(skipped))
            for check, level in skipped.items():
                self.assertEqual(findings[check]['finding'], f'needs level {level}')
                self.assertIn(f"checker.grant_access('{level}', 'role')", findings[check]['hint'])
        self.assertRegex(self.good('doctor'), r'(?m)^compiler +ok +compiled a module in [0-9]+ ms$')


if __name__ == '__main__':
    main()
