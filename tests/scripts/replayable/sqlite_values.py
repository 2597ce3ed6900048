"""SQLite's own clock and generator, as statements, defaults of columns, triggers and orders use them."""

import sqlite3
import threading
import time

db = sqlite3.connect(":memory:")
print(db.execute("select random(), hex(randomblob(4)), datetime('now'), strftime('%f', 'NOW')").fetchone())
db.execute("""create table notes(id integer primary key, text, at timestamp default current_timestamp,
              day default current_date, hour default current_time,
              exact real default (julianday('now')), dice default (random()))""")
db.execute("create table log(what, at)")
db.execute("create trigger t after insert on notes begin insert into log values (new.text, unixepoch()); end")
db.executemany("insert into notes(text) values (?)", [("a",), ("b",)])
time.sleep(0.01)
db.execute("insert into notes(text) values ('c')")
for row in db.execute("select * from notes"):
    print(row)
print(db.execute("select * from log").fetchall())
print(db.execute("select text from notes order by random()").fetchall())
print(db.execute("select count(*) from notes where at > datetime('now', '-1 hour')").fetchone())
print(db.execute("select date('2020-02-28', '+2 day'), time('12:00', '+1 hour'), datetime(0, 'unixepoch')").fetchone())
print(db.execute("select date(), strftime('%s'), julianday(null), date('nonsense')").fetchone())
db.execute("create index days on notes(date(at))")
shared = sqlite3.connect("file.db")
shared.execute("create table t(n, at default (strftime('%Y-%m-%d %H:%M:%f', 'now')))")


def write(n):
    own = sqlite3.connect("file.db", timeout=20)
    with own:
        own.execute("insert into t(n) values (?)", (n,))
    own.close()


threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(shared.execute("select n, at, random() from t").fetchall()))

# changed: '-1 hour' -> '+1 hour' @ output stdout #7
# added: db.execute("select random()") @ read sqlite.random at file.written
# removed: db.execute("insert into notes(text) values ('c')") @ read sqlite.random at reads #2
