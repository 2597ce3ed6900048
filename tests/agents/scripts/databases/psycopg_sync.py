import datetime
import decimal
import os

import psycopg
import psycopg.sql
from psycopg.rows import dict_row
dsn = os.environ["DATABASE"] + " password=open-sesame-4711"
with psycopg.connect(dsn) as conn:
    print(conn.info.host, conn.info.port, conn.info.dbname, conn.info.server_version, conn.info.transaction_status)
    conn.execute("drop table if exists t")
    conn.execute("create table t (id serial primary key, name text, at timestamptz default now(), n numeric, data jsonb, raw bytea)")
    with conn.cursor() as cur:
        cur.executemany("insert into t (name, n, data, raw) values (%s, %s, %s, %s)", [("a'b\\", decimal.Decimal("1.5"), psycopg.types.json.Json({"x": [1]}), b"\x00\xff"), (None, None, None, None)])
        print(cur.rowcount, cur.statusmessage)
        cur.execute("select * from t order by id")
        for row in cur: print(row)
        print([d.name for d in cur.description], cur.rowcount)
    conn.commit()
    try:
        conn.execute("select 1/0")
    except psycopg.Error as e:
        print(type(e).__name__, e.sqlstate, e, e.diag.message_primary, e.diag.severity)
    conn.rollback()
    with conn.transaction():
        with conn.cursor(row_factory=dict_row) as cur:
            print(cur.execute("select count(*) as n, now() as t, pg_backend_pid() as p from t", prepare=True).fetchone())
    conn.add_notice_handler(lambda d: print("notice", d.severity, d.message_primary))
    conn.execute("do $$ begin raise notice 'hello %', 3; end $$")
    with conn.cursor() as cur:
        with cur.copy("copy t (name, n) from stdin") as copy:
            for i in range(3): copy.write_row((f"c{i}", i))
        with cur.copy("copy (select name, n from t order by id) to stdout") as copy:
            for row in copy.rows(): print(row)
    with conn.pipeline() as p:
        a = conn.execute("select 1"); b = conn.execute("select %s::text", ("two",))
        print(a.fetchone(), b.fetchone())
    with conn.cursor("named") as cur:
        cur.itersize = 2
        cur.execute("select id from t order by id")
        print(cur.fetchall())
    for row in conn.cursor().stream("select id from t order by id"): print(row)
    cur = psycopg.ClientCursor(conn)
    print(cur.mogrify("select %s, %s, %s", ("it's \\ x", 3, datetime.date(2020,1,1))))
    print(cur.execute("select %s", ("it's \\",)).fetchone())
    print(psycopg.sql.SQL("select {} from {}").format(psycopg.sql.Literal("x'"), psycopg.sql.Identifier("t\"")).as_string(conn))
    conn.execute("listen chan"); conn.execute("notify chan, 'hey'"); conn.commit()
    for n in conn.notifies(timeout=1, stop_after=1): print(n.channel, n.payload)
    print(conn.info.dsn, conn.info.timezone, conn.info.encoding, conn.info.status)
print(conn.closed)
try:
    conn.execute("select 1")
except psycopg.Error as e:
    print(type(e), e)
with psycopg.connect(dsn) as one, psycopg.connect(dsn, autocommit=True) as other:
    pid = one.info.backend_pid
    print(other.execute("select pg_terminate_backend(%s)", (pid,)).fetchone())
    try:
        one.execute("select 1")
    except psycopg.OperationalError as e:
        print(type(e).__name__, e.sqlstate, one.closed, one.broken)
try:
    psycopg.connect("host=127.0.0.1 port=1 user=x connect_timeout=2")
except psycopg.Error as e:
    print(type(e), e)
