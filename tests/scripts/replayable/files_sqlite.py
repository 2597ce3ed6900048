"""A counter in SQLite, in a file and by URI; notes, by two connections of one write-ahead log."""
import sqlite3
import time

with sqlite3.connect("state.db") as db:
    db.execute("create table if not exists runs(n integer primary key, at integer)")
    db.execute("insert into runs(at) values(?)", (time.time_ns(),))
rows = db.execute("select n, at from runs order by n").fetchall()
db.close()
print(rows)
again = sqlite3.connect("file:state.db?mode=ro", uri=True)
print(again.execute("select count(*) from runs").fetchone())
try:
    again.execute("delete from runs")
except sqlite3.OperationalError as error:
    print(error)


def notes():
    connection = sqlite3.connect("notes.db")
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table if not exists notes(text)")
    return connection


first = notes()
with first:
    first.execute("insert into notes values('one')")
second = notes()  # while the log beside the file is in use
with second:
    second.execute("insert into notes values('two')")
print(first.execute("select text from notes").fetchall())

# changed: select n, at -> select at, n @ output stdout
# added: sqlite3.connect("state.db") @ call file.open at file.written
# removed: sqlite3.connect("file:state.db?mode=ro", uri=True) -> sqlite3.connect(":memory:") @ output stderr at end
