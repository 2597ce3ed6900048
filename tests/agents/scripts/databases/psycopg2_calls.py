"""psycopg2: values, errors, notices, COPY, cursors with a name, pools, threads."""

import datetime
import decimal
import io
import os
import threading
import uuid

import psycopg2
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool
from psycopg2 import errors, sql

DSN = os.environ["DATABASE"] + " password=open-sesame-4711"
psycopg2.extras.register_uuid()


def values(connection):
    with connection, connection.cursor() as cur:
        cur.execute("drop table if exists p2")
        cur.execute("create table p2 (id serial primary key, name text, at timestamptz default now(), n numeric, data jsonb, raw bytea, u uuid, tags text[])")
        cur.executemany(
            "insert into p2 (name, n, data, raw, u, tags) values (%s, %s, %s, %s, gen_random_uuid(), %s)",
            [("a'b\\é", decimal.Decimal("1.5"), psycopg2.extras.Json({"x": [1]}), b"\x00\xff'\\", ["q'", "\\"]), (None,) * 5],
        )
        print(cur.rowcount, cur.statusmessage, cur.query)
        cur.execute("select * from p2 order by id")
        print(cur.rowcount, cur.description, cur.description[0].type_code == psycopg2.NUMBER)
        for row in cur:
            print([bytes(v) if isinstance(v, memoryview) else v for v in row], cur.rownumber)
        cur.scroll(0, mode="absolute")
        print(len(cur.fetchmany(5)), cur.fetchone(), cur.fetchall())
        try:
            cur.scroll(9)
        except psycopg2.ProgrammingError as error:
            print(error)
        cur.execute("select %(a)s::date, %(b)s, %(c)s, %(d)s, '%%'", {"a": datetime.date(2020, 1, 2), "b": True, "c": None, "d": (1, 2)} | {"d": 5})
        print(cur.fetchone())
        print(cur.mogrify("select %s, %s", ("it's \\", psycopg2.Binary(b"\\x"))))
        psycopg2.extras.execute_values(cur, "insert into p2 (name, n) values %s returning id", [(f"v{i}", i) for i in range(5)], fetch=False)
        print(cur.fetchall())
        psycopg2.extras.execute_batch(cur, "update p2 set n = n + %s where id = %s", [(1, 3), (2, 4)])
        cur.execute(sql.SQL("select {} from {} where name = {}").format(sql.Identifier("na me"), sql.Identifier("p2"), sql.Literal("x'\\")).as_string(cur).replace('"na me"', "name"))
        print(cur.fetchall(), cur.query)
        cur.callproc("generate_series", (1, 3))
        print(cur.fetchall())
        upper = psycopg2.extensions.new_type((25,), "UPPER", lambda value, cur: value and value.upper())
        psycopg2.extensions.register_type(upper, cur)
        cur.execute("select 'abc'::text, null::text, random(), clock_timestamp(), pg_backend_pid()")
        print(cur.fetchone())


def failures(connection):
    cur = connection.cursor()
    for statement in ("select 1/0", "select nope", "insert into p2 (id) values (1)", "select raise()", ""):
        try:
            cur.execute(statement)
        except psycopg2.Error as error:
            print(type(error).__name__, error.pgcode, error.pgerror, str(error), error.diag.severity, error.diag.constraint_name, error.cursor is cur, cur.rowcount)
        connection.rollback()
    try:
        cur.execute("select 1/0")
    except errors.DivisionByZero as error:
        print("caught", error.diag.message_primary, connection.get_transaction_status(), connection.status)
    try:
        cur.execute("select 1")
    except errors.InFailedSqlTransaction as error:
        print(error)
    connection.rollback()
    for wrong in (lambda: cur.execute("select %s", ()), lambda: cur.execute("select %s %s", (1,)), lambda: cur.fetchone(), lambda: cur.execute("select %s", ("\0",)), lambda: cur.execute("select %s", (object,))):
        try:
            wrong()
        except Exception as error:
            print(type(error).__name__, error)
    cur.close()
    for wrong in (cur.fetchone, lambda: cur.execute("select 1"), lambda: iter(cur)):
        try:
            wrong()
        except psycopg2.Error as error:
            print(type(error).__name__, error)
    print(cur.closed, connection.closed)


def kinds(connection):
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cur:
        cur.execute("select id, name from p2 order by id limit 2")
        print(cur.fetchone()["id"], cur.fetchall())
    with connection.cursor(cursor_factory=psycopg2.extras.DictCursor) as cur:
        cur.execute("select id, name from p2 order by id limit 2")
        print([dict(row) for row in cur])
    with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cur:
        cur.execute("select id, name from p2 order by id limit 2")
        print(cur.fetchall())
    with connection.cursor("many", scrollable=True) as cur:
        cur.itersize = 2
        cur.execute("select id from p2 order by id")
        print([row[0] for row in cur], cur.rownumber)
        cur.scroll(0, mode="absolute")
        print(cur.fetchone(), cur.fetchmany(2), cur.fetchall(), cur.query, cur.name)
    connection.commit()


def copies(connection):
    with connection.cursor() as cur:
        cur.copy_from(io.StringIO("c1\t1\nc2\t2\n"), "p2", columns=("name", "n"))
        print(cur.rowcount)
        cur.copy_expert("copy p2 (name, n) from stdin with csv", io.BytesIO(b"d1,3\nd2,4\n"))
        text, raw = io.StringIO(), io.BytesIO()
        cur.copy_to(text, "p2", columns=("name", "n"), sep="|")
        cur.copy_expert("copy (select name, n from p2 order by id) to stdout with csv header", raw)
        print(text.getvalue(), raw.getvalue())
        try:
            cur.copy_expert("copy p2 (n) from stdin", io.StringIO("x\n"))
        except psycopg2.Error as error:
            print(error.pgcode, error)
    connection.rollback()


def session(connection):
    connection.autocommit = True
    print(connection.autocommit, connection.isolation_level, connection.encoding, connection.readonly)
    cur = connection.cursor()
    cur.execute("do $$ begin raise notice 'hello %', 3; end $$")
    print(connection.notices)
    cur.execute("listen chan")
    cur.execute("notify chan, 'hey'")
    connection.poll()
    print([(one.channel, one.payload, one.pid == connection.info.backend_pid) for one in connection.notifies])
    connection.autocommit = False
    connection.set_session(isolation_level="serializable", readonly=True)
    cur.execute("show transaction_isolation")
    print(cur.fetchone(), connection.isolation_level, connection.readonly, connection.info.transaction_status)
    try:
        connection.autocommit = True
    except psycopg2.ProgrammingError as error:
        print(error)
    connection.rollback()
    print(connection.dsn, connection.info.dbname, len(connection.info.password), connection.server_version, connection.get_parameter_status("server_encoding"), connection.info.parameter_status("TimeZone"))
    print(connection.get_backend_pid() == connection.info.backend_pid, connection.get_dsn_parameters()["user"], repr(connection)[60:])
    try:
        with connection, connection:
            pass
    except psycopg2.ProgrammingError as error:
        print(error)


connection = psycopg2.connect(DSN)
for part in (values, failures, kinds, copies, session):
    print("--", part.__name__)
    part(connection)
connection.close()
print(connection.closed, connection.info.status)
for wrong in (connection.cursor, connection.commit, connection.__enter__):
    try:
        wrong()
    except psycopg2.InterfaceError as error:
        print(error)
try:
    psycopg2.connect("host=127.0.0.1 port=1 user=x connect_timeout=2")
except psycopg2.OperationalError as error:
    print(error.pgcode, error)
try:
    psycopg2.connect("nonsense")
except psycopg2.ProgrammingError as error:
    print(error)

one, other = psycopg2.connect(DSN), psycopg2.connect(DSN)
other.autocommit = True
other.cursor().execute("select pg_terminate_backend(%s)", (one.info.backend_pid,))
try:
    one.cursor().execute("select 1")
except psycopg2.OperationalError as error:
    print(type(error).__name__, error.pgcode, one.closed, str(error).splitlines()[0])
one.close()
other.close()

pool = psycopg2.pool.ThreadedConnectionPool(1, 3, DSN)
answers = {}


def work(number):
    connection = pool.getconn()
    with connection.cursor() as cur:
        cur.execute("select %s, clock_timestamp(), pg_sleep(%s)::text", (number, 0.03 * (3 - number)))
        answers[number] = cur.fetchone()
    connection.commit()
    pool.putconn(connection)


threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(list(answers.items()))
pool.closeall()
print(uuid.uuid4())
