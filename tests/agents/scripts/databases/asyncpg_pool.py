"""asyncpg: rows, errors, a transaction, a cursor, COPY, a pool; and pg8000 beside it."""

import asyncio
import json
import os
from urllib.parse import urlsplit

import asyncpg
import pg8000.native

URL = os.environ["DATABASE_URL"]


async def main():
    one = await asyncpg.connect(URL)
    await one.execute("drop table if exists things")
    await one.execute("create table things(id serial primary key, a text, at timestamptz default now(), j jsonb)")
    async with one.transaction():
        await one.executemany("insert into things(a, j) values ($1, $2)", [("x", json.dumps({"n": 1})), ("y", None)])
    print(await one.fetch("select * from things"), await one.fetchval("select random()"))
    try:
        await one.execute("select 1/0")
    except asyncpg.PostgresError as error:
        print(type(error).__name__, error.sqlstate)
    async with one.transaction():
        async for row in one.cursor("select generate_series(1, 5) n"):
            print(row["n"], end=" ")
    print(await one.copy_records_to_table("things", records=[("z",)], columns=["a"]))
    await one.close()
    async with asyncpg.create_pool(URL, min_size=2, max_size=4) as pool:
        print(await asyncio.gather(*(pool.fetchval("select $1::int + (random() * 9)::int", n) for n in range(8))))


asyncio.run(main())
given = urlsplit(URL)
connection = pg8000.native.Connection(given.username, host=given.hostname, port=given.port, database="postgres")
print(connection.run("select random(), now(), :a::int", a=3))
try:
    connection.run("select 1/0")
except pg8000.exceptions.DatabaseError as error:
    print(error.args[0]["C"])
connection.close()
