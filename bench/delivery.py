"""From COMMIT to a consumer: one message at a time, the clock read just before COMMIT is sent and when the message has
come. Writer and consumer are one thread here, so nothing but the way itself is between the two."""
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

import wat_checkers
import pika
from figures import Figure, quantile

PATIENCE_SECONDS = 30


class Consumer:
    """Takes messages out of a queue, one per call."""

    def __init__(self, url, queue):
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        self.arrived_ns = None
        self.channel.basic_consume(queue, self._on_message, auto_ack=True)

    def _on_message(self, _channel, _method, _properties, _body):
        self.arrived_ns = time.monotonic_ns()

    def arrival(self):
        """When the next message came, in ns of the monotonic clock."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.arrived_ns is None:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no message within {PATIENCE_SECONDS} s")
            self.connection.process_data_events(1)
        arrived, self.arrived_ns = self.arrived_ns, None
        return arrived

    def close(self):
        self.connection.close()


def latencies(cursor, consumer, write, repetitions, warmups=10):
    """Milliseconds from COMMIT to arrival of each message; `write` is a statement that leads to one message."""
    taken = []
    for number in range(-warmups, repetitions):
        cursor.execute("BEGIN")
        cursor.execute(write)
        start = time.monotonic_ns()
        cursor.execute("COMMIT")
        arrived = consumer.arrival()
        if number >= 0:
            taken.append((arrived - start) / 1e6)
    return taken


def start_checkerd(folder, services, http_port, environment):
    configuration = pathlib.Path(folder, "checkerd.yaml")
    configuration.write_text("{}\n", encoding="utf-8")
    with open(pathlib.Path(folder, "checkerd.log"), "wb") as log:
        process = subprocess.Popen(
            ["checkerd", "--config", str(configuration)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, **environment, "CHECKERD_AMQP__URL": services.rabbitmq.url,
                 "CHECKERD_HTTP__LISTEN": f"127.0.0.1:{http_port}"})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{http_port}/readyz", timeout=5):
                return process
        except (urllib.error.URLError, OSError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                text = pathlib.Path(folder, "checkerd.log").read_text(errors="replace")
                raise RuntimeError(f"checkerd is not ready: {error}\n{text[-2000:]}") from error
            time.sleep(0.02)


def measure(cursor, dsn, services, folder, http_port, environment, repetitions):
    cursor.execute("SELECT checker.create_checker('always_fails', 'wat', %s)", (wat_checkers.failing("no"),))
    checkerd = start_checkerd(folder, services, http_port, environment)
    try:
        consumer = Consumer(services.rabbitmq.url, "failed")
        ours = latencies(cursor, consumer, "SELECT status FROM checker.run_checker('always_fails')", repetitions)
        consumer.close()
    finally:
        checkerd.terminate()
        checkerd.wait(PATIENCE_SECONDS)

    relay = subprocess.Popen([sys.executable, str(pathlib.Path(__file__).with_name("notify_relay.py")), dsn,
                              services.rabbitmq.url, "bench_relay"], stdout=subprocess.PIPE, text=True)
    try:
        if relay.stdout.readline() != "listening\n":
            raise RuntimeError("the peer's relay did not start")
        cursor.execute("""
            CREATE TABLE bench.event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text);
            CREATE FUNCTION bench.tell() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              PERFORM pg_notify('bench_relay', NEW.body);
              RETURN NULL;
            END $$;
            CREATE TRIGGER tell AFTER INSERT ON bench.event FOR EACH ROW EXECUTE FUNCTION bench.tell()""")
        consumer = Consumer(services.rabbitmq.url, "bench_relay")
        peers = latencies(cursor, consumer, "INSERT INTO bench.event (body) VALUES (repeat('x', 700))", repetitions)
        consumer.close()
    finally:
        relay.terminate()
        relay.wait(PATIENCE_SECONDS)

    peer = "trigger, pg_notify, relay in Python"
    median = quantile(ours, 0.5)
    return [
        Figure("commit to consumer, median", median, peer, quantile(peers, 0.5), "under 5 ms", median < 5),
        Figure("commit to consumer, p99", quantile(ours, 0.99), peer, quantile(peers, 0.99)),
    ]
