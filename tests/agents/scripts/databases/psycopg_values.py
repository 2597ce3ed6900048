import os

import psycopg
from psycopg.types.composite import CompositeInfo, register_composite
dsn = os.environ["DATABASE"]
conn = psycopg.connect(dsn, autocommit=True)
conn.execute("drop table if exists bb"); conn.execute("create table bb (b bytea)")
cur = conn.cursor()
try:
    print(cur.execute("select %t", (b"a\x00\\'",)).fetchone())
except Exception as e: print("1", repr(e))
try:
    with cur.copy("copy bb from stdin") as c: c.write_row((b"x\x00\\'",))
    print(cur.execute("select * from bb").fetchall())
except Exception as e: print("2", repr(e))
try:
    print(psycopg.ClientCursor(conn).execute("select %s, %s", (b"a\x00'", [b"1", b"2"])).fetchone())
except Exception as e: print("3", repr(e))
try:
    print(psycopg.sql.Literal([1, "a'b", None]).as_string(conn), psycopg.sql.quote("x'", conn))
except Exception as e: print("4", repr(e))
def gen(pgconn):
    return 5
    yield
print(conn.wait(gen(conn.pgconn)))
print(conn.pgconn.exec_(b"select 7").get_value(0, 0))
print(repr(conn.pgconn)[:60])
print(cur.execute("select int4range(1,5), array[1,2], '2020-01-01'::timestamptz, interval '1 day', inet '1.2.3.4'").fetchone())
conn.execute("drop type if exists pt cascade"); conn.execute("create type pt as (x int, y text)")
info = CompositeInfo.fetch(conn, "pt"); register_composite(info, conn)
print(cur.execute("select (1,'z')::pt").fetchone())
print(conn.execute("select 1", binary=True).fetchone(), conn.execute("select now() > '2000-01-01'", binary=True).fetchone())
print(conn.fileno() > 2, conn.info.backend_pid == conn.pgconn.backend_pid, len(conn.info.get_parameters()))
conn.cancel(); conn.cancel_safe()
