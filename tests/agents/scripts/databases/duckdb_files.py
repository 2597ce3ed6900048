"""DuckDB: an existing database, a new one, chance, cursors, errors."""

import os
from pathlib import Path

import duckdb


def show(connection):
    print(connection.execute("select * from t order by a").fetchall())


print(os.path.exists("data.db"))
with duckdb.connect("data.db") as connection:
    show(connection)
    connection.execute("insert into t values (3, random(), uuid())")
    show(connection)
    connection.execute("update t set a = a + 10")
    print(connection.cursor().execute("select random(), uuid()").fetchall())
    with connection.cursor() as cursor:
        cursor.execute("create table u as select range r, random() x from range(5)")
    print(connection.sql("select r, x from u order by r").fetchall())

new = duckdb.connect("new.db")
new.execute("create table t(a int, b double)")
new.executemany("insert into t values (?, ?)", [(1, 0.5), (2, 1.5)])
show(new)
new.close()
new = duckdb.connect(Path("new.db"), read_only=True)
show(new)
try:
    new.execute("insert into t values (9, 9)")
except duckdb.Error as error:
    print(type(error).__name__)
new.close()
try:
    duckdb.connect("/nowhere/x.db")
except duckdb.Error as error:
    print(type(error).__name__, error)
print(duckdb.sql("select random(), gen_random_uuid()").fetchall())
print(duckdb.connect().execute("select random()").fetchone())
os.remove("new.db")
print(sorted(name for name in os.listdir() if name.endswith(".db")))
