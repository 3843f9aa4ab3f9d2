"""The peer of checkerd: what one writes in an afternoon. LISTENs, and publishes each notification's payload to a durable
queue, persistent and confirmed. It loses what is sent while it is away; checkerd does not.

usage: notify_relay.py DSN URL QUEUE    prints "listening" when it is
"""
import select
import sys

import pika
import psycopg2


def main(dsn, url, queue):
    database = psycopg2.connect(dsn)
    database.autocommit = True
    broker = pika.BlockingConnection(pika.URLParameters(url))
    channel = broker.channel()
    channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    channel.confirm_delivery()
    database.cursor().execute("LISTEN bench_relay")
    print("listening", flush=True)
    while True:
        select.select([database], [], [], 5)
        broker.process_data_events(0)
        database.poll()
        while database.notifies:
            channel.basic_publish("", queue, database.notifies.pop(0).payload.encode(),
                                  pika.BasicProperties(delivery_mode=2), mandatory=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
