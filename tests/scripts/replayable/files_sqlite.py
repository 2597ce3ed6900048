"""A counter in SQLite, once in a file, once by URI."""
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

# changed: select n, at -> select at, n @ output stdout
# added: sqlite3.connect("state.db") @ call file.open at file.written
# removed: sqlite3.connect("file:state.db?mode=ro", uri=True) -> sqlite3.connect(":memory:") @ output stderr at end
