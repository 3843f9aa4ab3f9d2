"""A warm run of a trivial checker, recorded, with synchronous_commit = off: as one statement of a client on the same
machine, and within the session, without the way to the client and back, which takes as long where processors are idle
and have to wake up."""
import wat_checkers
from figures import Figure, median_milliseconds

SET_UP = [
    "CREATE TABLE bench.result (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, status text, "
    "at timestamptz DEFAULT now())",
    """CREATE FUNCTION bench.record(name text, status text) RETURNS bigint LANGUAGE plpgsql AS $$
       DECLARE
         recorded bigint;
       BEGIN
         INSERT INTO bench.result (name, status) VALUES (record.name, record.status) RETURNING id INTO recorded;
         RETURN recorded;
       END $$""",
]


# Scripts that do nothing: what is left is the start of their interpreter.
TRIVIAL_SCRIPTS = {"JavaScript": ("javascript", "ok('x')"), "Python": ("python", "ok('x')")}

RUNS_IN_A_BLOCK = 1000


def _in_the_session(cursor, statement):
    """Runs it again and again, each time in a transaction of its own."""
    def action():
        cursor.execute(f"DO $$ BEGIN FOR i IN 1..{RUNS_IN_A_BLOCK} LOOP {statement}; COMMIT; END LOOP; END $$")
    return action


def set_up(cursor):
    for statement in SET_UP:
        cursor.execute(statement)
    cursor.execute("SELECT checker.create_checker('trivial', 'wat', %s)", (wat_checkers.TRIVIAL,))
    for language, script in TRIVIAL_SCRIPTS.values():
        cursor.execute("SELECT checker.create_checker(%s, %s, %s)", (f"trivial_{language}", language, script))


def measure(cursor, repetitions):
    def statement(sql):
        def action():
            cursor.execute(sql)
            cursor.fetchall()
        return action

    run = statement("SELECT run_id FROM checker.run_checker('trivial')")
    evaluate = statement("SELECT checker.evaluate_checker('trivial')")
    peers = [
        ("INSERT of one row", statement("INSERT INTO bench.result (name, status) VALUES ('x', 'ok') RETURNING id")),
        ("PL/pgSQL function that inserts", statement("SELECT bench.record('x', 'ok')")),
        ("SELECT 1 (the way there and back)", statement("SELECT 1")),
    ]
    took, evaluation, *peers_took = median_milliseconds(
        [run, evaluate] + [action for _, action in peers], repetitions)
    figures = [Figure("warm run_checker of a trivial checker", took, peer, peer_took,
                      "under 1 ms" if number == 0 else "", took < 1 if number == 0 else None)
               for number, ((peer, _), peer_took) in enumerate(zip(peers, peers_took))]
    figures.append(Figure("warm run_checker of a trivial checker", took, "evaluate_checker alone", evaluation))
    inside, insert = (milliseconds / RUNS_IN_A_BLOCK for milliseconds in median_milliseconds([
        _in_the_session(cursor, "PERFORM checker.run_checker('trivial')"),
        _in_the_session(cursor, "INSERT INTO bench.result (name, status) VALUES ('x', 'ok')")],
        max(3, repetitions // 50)))
    figures.append(Figure("the same within the session", inside, "INSERT of one row", insert, "at most 0.15 ms",
                          inside <= 0.15))
    for label, (language, _) in TRIVIAL_SCRIPTS.items():
        script, trivial = median_milliseconds(
            [statement(f"SELECT checker.evaluate_checker('trivial_{language}')"), evaluate], repetitions)
        figures.append(Figure(f"warm evaluate_checker of a trivial script, {label}", script,
                              "the same of WebAssembly", trivial, "at most 1 ms more", script - trivial <= 1))
    return figures
