"""Transactions of several threads on one database that wait for each other in C."""

import os
import random
import sqlite3
import tempfile
import threading
import time

path = os.path.join(tempfile.mkdtemp(), "a.db")
sqlite3.connect(path).execute("create table t (n)").connection.commit()
out = []


def go(n):
    c = sqlite3.connect(path, timeout=5, isolation_level=None)
    c.execute("begin immediate")
    time.sleep(random.random() / 20)
    c.execute("insert into t values (?)", (n,))
    c.execute("commit")
    out.append(n)


ts = [threading.Thread(target=go, args=(n,)) for n in range(3)]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(out, sqlite3.connect(path).execute("select n from t").fetchall())
