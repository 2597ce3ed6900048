"""Tools that change what the program keeps: their bodies run again in a replay, sealed."""
import collections
import email.message
import os
import sqlite3
import time

import httpx

CART = []
SEEN = collections.Counter()
DB = sqlite3.connect(":memory:")
DB.execute("create table notes(text)")
calls = 0
MAIL = email.message.Message()


class Box:
    def __init__(self):
        self.items = {}

    def put_in(self, name, count=1):
        self.items[name] = self.items.get(name, 0) + count
        return len(self.items)


def add_to_cart(item):
    CART.append({"item": item, "at": time.time()})
    return len(CART)


def count_words(text):
    global calls
    calls += 1
    SEEN.update(text.split())
    print("counted", calls)
    return dict(SEEN)


def note(text):
    DB.execute("insert into notes values (?)", (f"{text} {time.time()}",))
    return "noted"


def newest():
    return CART[-1]


def with_default(item, seen=[]):
    seen.append(item)
    return list(seen)


def label(name, text):
    MAIL[name] = f"{text} {time.time()}"
    return "labelled"


box = Box()
NAMES = ["label", "put_in", "add_to_cart", "count_words", "note", "newest", "with_default"]
SCHEMA = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in NAMES]
messages = [{"role": "user", "content": "Shop for me."}]
ask = {"model": "gpt-4o-mini", "messages": messages, "tools": SCHEMA}
httpx.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)
print(add_to_cart("pear"), add_to_cart("fig"), CART)
print(count_words("to be or not to be"), calls, SEEN["be"])
print(note("milk"), DB.execute("select text from notes").fetchall())
newest()["item"] = "plum"
print(CART[-1]["item"], box.put_in("nail", count=3), box.put_in("nail"), box.items)
print(with_default(1), with_default(2))
print(label("Subject", "hello"), MAIL.items())

# needs: server
# changed: add_to_cart("fig") -> add_to_cart("date") @ request tool.call #2
# changed: CART.append({"item" -> CART.append({"name" @ output stdout
# changed: return len(CART) -> return len(CART) + 1 @ tool tool.call
# added: note("more") @ extra tool.call at end
# removed: newest()["item"] @ request tool.call #5
