# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference consumer (README.md): stores what gateways send, proves that nothing is missing, and tells them what it has.

    vigil_consumer.py DATABASE --host BROKER       stores until it is ended; more args with --help
    vigil_consumer.py DATABASE --report [--json]   what has come; exit code 1 if anything is missing
"""
import argparse
import json
import sqlite3
import subprocess
import time

import paho.mqtt.client as mqtt

LANES = ("alert", "reading")
TABLES = """PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS ledger(gateway TEXT PRIMARY KEY, epochs TEXT);
CREATE TABLE IF NOT EXISTS message(id TEXT PRIMARY KEY, topic TEXT, subject TEXT, revision INTEGER, payload TEXT);
CREATE INDEX IF NOT EXISTS subject ON message(subject, revision);
CREATE VIEW IF NOT EXISTS newest AS  -- each reading and alert as its highest revision has it, in whatever order they came
  SELECT subject, max(revision) AS revision, payload FROM message WHERE subject IS NOT NULL GROUP BY subject;"""


def add(ranges, first, last):
    """Adds the numbers first…last to ranges like [[1, 7], [9, 12]]. How many of them were there already."""
    had = sum(max(0, min(last, high) - max(first, low) + 1) for low, high in ranges)
    near = [[first, last], *(known for known in ranges if known[0] <= last + 1 and known[1] >= first - 1)]
    ranges[:] = sorted([known for known in ranges if known not in near] + [[min(near)[0], max(high for _, high in near)]])
    return had


class Ledger:
    """Which numbers have come: epochs[gateway][epoch][lane] = {"have": ranges, "lost": {reason: count}}.

    A gateway numbers its messages 1, 2, 3… in each epoch (a life of its database) and lane. What has not come leaves a
    hole. What will never come is declared by a `gap` message: it is lost, and how much is known.
    """
    def __init__(self):
        self.epochs = {}

    def take(self, gateway, message):
        """Notes a ledger message that has a number. False if all that it stands for has come before."""
        lane, last = message["lane"], message["seq"]
        first = message.get("fromSeq") or last
        if lane not in LANES or not 1 <= first <= last < 2**63:
            raise ValueError("has no number")
        new_epoch = {"previous": None} | {name: {"have": [], "lost": {}} for name in LANES}
        epoch = self.epochs.setdefault(gateway, {}).setdefault(str(message["epoch"]), new_epoch)
        had = add(epoch[lane]["have"], first, last)
        if (is_news := had < last - first + 1) and message["schema"] == "vigil.gap/1":
            epoch["previous"] = message.get("previousEpoch") or epoch["previous"]
            lost, reason, count = epoch[lane]["lost"], str(message.get("reason")), message.get("count")
            # What was dropped at the gateway may be here all the same. Without a count nobody knows.
            lost[reason] = None if count is None else max(0, count - had) + (lost.get(reason) or 0)
        return is_news

    def rows(self, gateways):
        """All there is to say of each lane of each epoch; everything up to `upTo` has come or is declared lost."""
        for gateway in gateways & self.epochs.keys():
            for epoch, lanes in self.epochs[gateway].items():
                for lane in LANES:
                    ranges = [[0, 0], *lanes[lane]["have"]]
                    missing = [[low + 1, high - 1] for (_, low), (high, _) in zip(ranges, ranges[1:]) if high > low + 1]
                    yield {"gateway": gateway, "epoch": epoch, "lane": lane, "missing": missing, "lost": lanes[lane]["lost"],
                           "upTo": missing[0][0] - 1 if missing else ranges[-1][1], "previous": lanes["previous"],
                           "complete": not missing and lanes["previous"] in {None, *self.epochs[gateway]}}


class Store:
    """The messages, and the ledger over them, on the disk in one transaction."""
    def __init__(self, path):
        self.database, self.ledger, self.current = sqlite3.connect(path), Ledger(), {}  # gateway -> epoch, by its own word
        self.database.executescript(TABLES)
        self.ledger.epochs = {row[0]: json.loads(row[1]) for row in self.database.execute("SELECT * FROM ledger")}

    def save(self, batch):
        """Stores messages (topic, payload); they are on the disk when it returns. Returns the gateways that spoke."""
        spoke = {topic.split("/up/")[0] for topic, _ in batch}
        with self.database:  # where this fails the program ends: no receipt covers the batch, so it comes again
            for topic, payload in batch:
                gateway = topic.split("/up/")[0]
                try:
                    message = json.loads(payload)
                    if message["schema"] == "vigil.status/1":
                        self.current[gateway] = message["epoch"]
                    elif "lane" in message and (message["seq"] is None or self.ledger.take(gateway, message)):
                        subject, revision = ("alert", "version") if "alert" in message else ("reading", "revision")
                        self.database.execute("REPLACE INTO message VALUES(?,?,?,?,?)", (
                            message["id"], topic, message.get(subject), message.get(revision), payload.decode()))
                except (ValueError, TypeError, LookupError, sqlite3.InterfaceError, sqlite3.ProgrammingError) as error:
                    print(f"{topic}: not understood: {error!r}")
            for gateway in spoke & self.ledger.epochs.keys():
                self.database.execute("REPLACE INTO ledger VALUES(?,?)", (gateway, json.dumps(self.ledger.epochs[gateway])))
        return spoke


def run(args, store):
    inbox, heard, count, due, missing, look = [], set(), 0, 0.0, set(), 0.0
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, args.name, protocol=mqtt.MQTTv5, manual_ack=True)
    client.username_pw_set(*args.login)
    if args.ca:
        client.tls_set(args.ca)
    client.on_connect = lambda *_: client.subscribe("vigil/v1/+/+/up/#", qos=1)  # brings each gateway's retained status
    client.on_message = lambda _client, _data, message: inbox.append(message)
    session = mqtt.Properties(mqtt.PacketTypes.CONNECT)
    session.SessionExpiryInterval = 7 * 24 * 3600  # the broker keeps what comes while we are away
    client.connect_async(args.host, args.port, clean_start=False, properties=session)
    client.loop_start()
    while True:
        batch = [inbox.pop(0) for _ in range(len(inbox))]
        heard |= store.save([(message.topic, message.payload) for message in batch])
        for message in batch:
            client.ack(message.mid, message.qos)  # the broker may forget it only now
        count += len(batch)
        if count < 200 and time.monotonic() < due:
            time.sleep(0.002 if batch else 0.02)
            continue
        if time.monotonic() >= look:  # now and then to all; and a hole that was there the last time does not fill by itself
            heard, look, before = set(store.current), time.monotonic() + 30, missing
            missing = {(row["gateway"], row["epoch"], row["lane"], low, min(high, low + 99_999))
                       for row in store.ledger.rows(heard) for low, high in row["missing"]}
            for gateway, *numbers in before & missing if args.ask else ():
                body = json.dumps(dict(zip(("epoch", "lane", "fromSeq", "toSeq"), numbers)))
                subprocess.Popen([*args.ask.split(), "--gateway", gateway.split("/")[3], "send-history", body])
        for gateway in heard & store.current.keys():
            epoch, rows = store.current[gateway], store.ledger.rows({gateway})
            has = dict.fromkeys(LANES, 0) | {row["lane"]: row["upTo"] for row in rows if row["epoch"] == epoch}
            receipt = {"schema": "vigil.receipt/1", "consumer": args.name, "epoch": epoch, "upTo": has}
            client.publish(f"{gateway}/down/receipt", json.dumps(receipt))  # QoS 0: an old one must not come late
        heard, count, due = set(), 0, time.monotonic() + 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("database")
    parser.add_argument("--report", action="store_true", help="only say what has come")
    parser.add_argument("--json", action="store_true", help="a JSON object for each lane")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--name", default="archive", help="MQTT client id, and the gateways' `consumer`")
    parser.add_argument("--login", metavar="FILE", default=[None], type=lambda path: open(path).read().strip().split(":", 1))
    parser.add_argument("--ca", metavar="FILE", help="TLS: whom to trust")
    parser.add_argument("--ask", metavar="COMMAND", help="`clinic/command.py …`, which asks for what is missing")
    store = Store((args := parser.parse_args()).database)
    if not args.report:
        run(args, store)
    for row in (rows := list(store.ledger.rows(store.ledger.epochs.keys()))):
        print(json.dumps(row) if args.json else "{gateway} {epoch} {lane} to {upTo}, missing {missing}, lost {lost}".format(**row))
    raise SystemExit(0 if rows and all(row["complete"] for row in rows) else 1)
