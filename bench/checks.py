"""Two checks, each the same in every language: the tables they read, how each language says it, and what it answers.

numbers   b must be 3 * a: the rows that break it, and the sum of b
text      an e-mail has an @ with something on both sides: the rows that break it, and those without an e-mail

Everybody answers "BROKEN FIGURE" as text, and reads the same query to its end. A tenth of the rows is null.
"""
import dataclasses
import pathlib

import psycopg2
import wat_checkers

SET_UP = [
    "CREATE EXTENSION IF NOT EXISTS plpython3u",
    "CREATE EXTENSION IF NOT EXISTS plperl",
    "CREATE EXTENSION IF NOT EXISTS pllua",
    "CREATE UNLOGGED TABLE bench.numbers (a bigint, b bigint)",
    "CREATE UNLOGGED TABLE bench.texts (id bigint, email text)",
]

# Rows `low` to `high`, of which none breaks a rule.
GROW = [
    """INSERT INTO bench.numbers SELECT CASE WHEN i % 10 > 0 THEN i END, CASE WHEN i % 10 > 0 THEN i * 3 END
       FROM generate_series({low}::bigint, {high}) i""",
    """INSERT INTO bench.texts SELECT i, CASE WHEN i % 10 > 0 THEN 'user' || i || '@example.com' END
       FROM generate_series({low}::bigint, {high}) i""",
]

# What is wrong, and what only looks so.
BREAK = [
    "INSERT INTO bench.numbers VALUES (1, 4), (NULL, 3), (2, NULL), (NULL, NULL), (-2, -6), (0, 0), (5, -15)",
    "INSERT INTO bench.texts (id, email) SELECT -n, email FROM unnest(ARRAY['', '@', 'a@', '@b', '@é', 'é@', 'nobody', "
    "'a@b', 'é@b', '@@b', NULL]) WITH ORDINALITY AS broken (email, n)",
]

GUEST_LANGUAGES = {"c": "C guest", "rust": "Rust guest", "assemblyscript": "AssemblyScript guest"}
# Checkers that are scripts: the language's name in create_checker, and the script of each check.
SCRIPTS = {
    "JavaScript": ("javascript", {
        "numbers": """
            let broken = 0, total = 0n;
            for (const { a, b } of datasets.numbers) {
              if (a === null ? b !== null : a * 3n !== b) broken++;
              if (b !== null) total += b;
            }
            const answer = broken + ' ' + total;
            if (broken > 0) fail(answer); else ok(answer);""",
        "text": """
            let broken = 0, missing = 0;
            for (const { email } of datasets.texts) {
              if (email === null) { missing++; continue; }
              const at = email.indexOf('@', 1);
              if (at < 0 || at === email.length - 1) broken++;
            }
            const answer = broken + ' ' + missing;
            if (broken > 0) fail(answer); else ok(answer);""",
    }),
    "Python": ("python", {
        "numbers": """
broken = total = 0
for a, b in datasets['numbers']:
    if (None if a is None else a * 3) != b:
        broken += 1
    if b is not None:
        total += b
answer = '%d %d' % (broken, total)
(fail if broken else ok)(answer)""",
        "text": """
broken = missing = 0
for email, in datasets['texts']:
    if email is None:
        missing += 1
        continue
    at = email.find('@', 1)
    if at < 0 or at == len(email) - 1:
        broken += 1
answer = '%d %d' % (broken, missing)
(fail if broken else ok)(answer)""",
    }),
}
HOST = "assert_empty, WHERE in the query"
RULE = "rule"
SQL = "plain SQL"


@dataclasses.dataclass
class Check:
    name: str
    broken: int  # rows of BREAK that break the rule
    query: str  # what everybody reads
    broken_query: str  # the rows that break the rule, for the host to find none
    rule: str  # the check as a rule, on dataset `name`_rule of `rule_query`
    rule_query: str
    aggregate: str  # the check as plain SQL
    functions: dict[str, tuple[str, str]]  # the language as people call it: its name in SQL, the function's body

    @property
    def dataset(self):
        return {"numbers": "numbers", "text": "texts"}[self.name]


NUMBERS = Check(
    name="numbers",
    broken=4,
    query="SELECT a, b FROM bench.numbers",
    broken_query="SELECT a, b FROM bench.numbers WHERE a * 3 IS DISTINCT FROM b",
    rule="""[{"dataset": "numbers_rule", "assert": "in_set", "column": "sound", "value": [true]},
             {"dataset": "numbers_rule", "assert": "at_least", "metric": {"column": "b", "aggregate": "sum"}, "value": 0}]""",
    rule_query="SELECT b, a * 3 IS NOT DISTINCT FROM b AS sound FROM bench.numbers",
    aggregate="SELECT count(*) FILTER (WHERE a * 3 IS DISTINCT FROM b) || ' ' || coalesce(sum(b), 0) "
              "FROM bench.numbers",
    functions={
        "PL/pgSQL": ("plpgsql", """
            DECLARE
              r record;
              broken bigint := 0;
              total bigint := 0;
            BEGIN
              FOR r IN SELECT a, b FROM bench.numbers LOOP
                IF r.a * 3 IS DISTINCT FROM r.b THEN
                  broken := broken + 1;
                END IF;
                total := total + coalesce(r.b, 0);
              END LOOP;
              RETURN broken || ' ' || total;
            END"""),
        "PL/Python": ("plpython3u", """
broken = total = 0
for row in plpy.cursor("SELECT a, b FROM bench.numbers"):
    a, b = row["a"], row["b"]
    if (None if a is None else a * 3) != b:
        broken += 1
    if b is not None:
        total += b
return f"{broken} {total}"
"""),
        "PL/Perl": ("plperl", """
            my ($broken, $total) = (0, 0);
            my $rows = spi_query('SELECT a, b FROM bench.numbers');
            while (defined(my $row = spi_fetchrow($rows))) {
              my ($first, $second) = ($row->{a}, $row->{b});
              if (defined $first && defined $second) {
                $broken++ if $first * 3 != $second;
              } elsif (defined $first || defined $second) {
                $broken++;
              }
              $total += $second if defined $second;
            }
            return "$broken $total";"""),
        "PL/Lua": ("pllua", """
            local broken, total = 0, 0
            for row in spi.rows('SELECT a, b FROM bench.numbers') do
              local a, b = row.a, row.b
              if (a and a * 3) ~= b then
                broken = broken + 1
              end
              total = total + (b or 0)
            end
            return broken .. ' ' .. total"""),
    })

TEXT = Check(
    name="text",
    broken=7,
    query="SELECT email FROM bench.texts",
    broken_query="SELECT id, email FROM bench.texts WHERE email NOT LIKE '%_@_%'",
    rule="""[{"dataset": "text_rule", "assert": "matches", "column": "email", "value": ".@."},
             {"dataset": "text_rule", "assert": "at_most", "metric": {"column": "email", "aggregate": "null_percent"},
              "value": 10}]""",
    rule_query="SELECT email FROM bench.texts",
    aggregate="SELECT count(*) FILTER (WHERE email NOT LIKE '%_@_%') || ' ' || count(*) FILTER (WHERE email IS NULL) "
              "FROM bench.texts",
    functions={
        "PL/pgSQL": ("plpgsql", """
            DECLARE
              r record;
              broken bigint := 0;
              missing bigint := 0;
            BEGIN
              FOR r IN SELECT email FROM bench.texts LOOP
                IF r.email IS NULL THEN
                  missing := missing + 1;
                ELSIF r.email NOT LIKE '%_@_%' THEN
                  broken := broken + 1;
                END IF;
              END LOOP;
              RETURN broken || ' ' || missing;
            END"""),
        "PL/Python": ("plpython3u", """
broken = missing = 0
for row in plpy.cursor("SELECT email FROM bench.texts"):
    email = row["email"]
    if email is None:
        missing += 1
    elif "@" not in email[1:-1]:
        broken += 1
return f"{broken} {missing}"
"""),
        "PL/Perl": ("plperl", r"""
            my ($broken, $missing) = (0, 0);
            my $rows = spi_query('SELECT email FROM bench.texts');
            while (defined(my $row = spi_fetchrow($rows))) {
              my $email = $row->{email};
              if (!defined $email) {
                $missing++;
              } elsif ($email !~ /.\@./s) {
                $broken++;
              }
            }
            return "$broken $missing";"""),
        "PL/Lua": ("pllua", """
            local broken, missing = 0, 0
            for row in spi.rows('SELECT email FROM bench.texts') do
              local email = row.email
              if email == nil then
                missing = missing + 1
              elseif not email:find('.@.') then
                broken = broken + 1
              end
            end
            return broken .. ' ' .. missing"""),
    })

CHECKS = (NUMBERS, TEXT)
# These answer with a status instead of figures.
VERDICTS = (HOST, RULE)


def guest_module(folder, check, language):
    """The wasm that bench/guests/build has made."""
    return pathlib.Path(folder, f"{check.name}.{language}.wasm").read_bytes()


def create(cursor, folder):
    """Makes the tables, empty, and everything that checks them. `folder` has the built guests."""
    for statement in SET_UP:
        cursor.execute(statement)
    for check in CHECKS:
        for language, body in check.functions.values():
            cursor.execute(f"CREATE FUNCTION bench.{check.name}_{language}() RETURNS text LANGUAGE {language} "
                           f"AS $body${body}$body$")
        for name, query in ((check.dataset, check.query), (f"{check.dataset}_broken", check.broken_query)):
            cursor.execute("SELECT checker.create_dataset(%s, %s)", (name, query))
        for language in GUEST_LANGUAGES:
            cursor.execute("SELECT checker.create_checker(%s, %s::bytea, datasets => %s)",
                           (f"{check.name}_{language}", psycopg2.Binary(guest_module(folder, check, language)),
                            [check.dataset]))
        cursor.execute("SELECT checker.create_dataset(%s, %s)", (f"{check.name}_rule", check.rule_query))
        cursor.execute("SELECT checker.create_checker(%s, 'rule', %s, datasets => %s)",
                       (f"{check.name}_rule", check.rule, [f"{check.name}_rule"]))
        for language, scripts in SCRIPTS.values():
            cursor.execute("SELECT checker.create_checker(%s, %s, %s, datasets => %s)",
                           (f"{check.name}_{language}", language, scripts[check.name], [check.dataset]))
        broken = f"{check.dataset}_broken"
        cursor.execute("SELECT checker.create_checker(%s, 'wat', %s, datasets => %s)",
                       (f"{check.name}_host", wat_checkers.assertion("assert_empty", broken, "no row"), [broken]))


def statements(check):
    """For each language the statement that runs the check; its one value is the answer. Those of VERDICTS say how it
    ended."""
    answers = {label: f"SELECT checker.evaluate_checker('{check.name}_{language}') ->> 'message'"
               for language, label in GUEST_LANGUAGES.items()}
    for label, (language, _) in SCRIPTS.items():
        answers[label] = f"SELECT checker.evaluate_checker('{check.name}_{language}') ->> 'message'"
    answers[HOST] = f"SELECT checker.evaluate_checker('{check.name}_host') ->> 'status'"
    answers[RULE] = f"SELECT checker.evaluate_checker('{check.name}_rule') ->> 'status'"
    answers[SQL] = check.aggregate
    for label, (language, _) in check.functions.items():
        answers[label] = f"SELECT bench.{check.name}_{language}()"
    return answers


def truncate(cursor):
    cursor.execute("TRUNCATE bench.numbers, bench.texts")


def hold(cursor, rows):
    """Fills the tables with exactly so many rows, of which none breaks a rule."""
    cursor.execute("SELECT count(*) FROM bench.numbers")
    held, = cursor.fetchone()
    if held > rows:
        truncate(cursor)
        held = 0
    if held < rows:
        for statement in GROW:
            cursor.execute(statement.format(low=held + 1, high=rows))
        cursor.execute("VACUUM ANALYZE bench.numbers, bench.texts")


def expected(check, rows, broken=0):
    """The answer of each language to `rows` rows of hold(); with `broken` those of BREAK besides."""
    values = rows - rows // 10
    if check is NUMBERS:
        tens = rows // 10
        figure = 3 * (rows * (rows + 1) // 2 - 10 * (tens * (tens + 1) // 2))
    else:
        figure = rows - values
    return f"{broken} {figure}"


def ask(cursor, statement):
    cursor.execute(statement)
    return cursor.fetchone()[0]


def agree(cursor):
    """Raises unless every language says the same about rows of which some break the rules, and leaves none behind."""
    hold(cursor, 1000)
    for statement in BREAK:
        cursor.execute(statement)
    for check in CHECKS:
        wanted = ask(cursor, check.aggregate)
        if int(wanted.split()[0]) != check.broken:
            raise RuntimeError(f"{check.name}: {check.broken} rows break the rule, plain SQL says {wanted}")
        for label, statement in statements(check).items():
            answer = ask(cursor, statement)
            if answer != ("fail" if label in VERDICTS else wanted):
                raise RuntimeError(f"{check.name}: {label} says {answer}, plain SQL {wanted}")
        for language in (*GUEST_LANGUAGES, *(language for language, _ in SCRIPTS.values()), "host", "rule"):
            status = ask(cursor, f"SELECT checker.evaluate_checker('{check.name}_{language}') ->> 'status'")
            if status != "fail":
                raise RuntimeError(f"{check.name}: the status of {language} is {status}")
    truncate(cursor)
