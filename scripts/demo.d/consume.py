#!/usr/bin/python3
"""Takes messages out of a RabbitMQ queue and shows them, as any other program of yours would.

usage: consume.py URL QUEUE TYPE SUBJECT

Takes what waits in QUEUE until the message of TYPE (such as alarm.firing) about SUBJECT (such as default.my_checker)
has come, and shows that one in full. What comes before it is named in a line each. Gives up after 30 seconds.
"""
import json
import sys

import pika

PATIENCE_SECONDS = 30


def main(url, queue, wanted_type, wanted_subject):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    found = False
    for method, properties, body in channel.consume(queue, inactivity_timeout=PATIENCE_SECONDS):
        if method is None:
            print(f"consume.py: no {wanted_type} about {wanted_subject} within {PATIENCE_SECONDS} s", file=sys.stderr)
            break
        channel.basic_ack(method.delivery_tag)
        event = json.loads(body)
        found = (event["type"], event["subject"]) == (wanted_type, wanted_subject)
        print(f"queue {queue}: {method.routing_key}, message_id {properties.message_id}")
        if found:
            print(json.dumps(event, indent=2, ensure_ascii=False))
            break
    channel.cancel()
    connection.close()
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
