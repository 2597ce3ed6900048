import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool

dsn = os.environ["DATABASE"]
async def one(pool, i):
    async with pool.connection() as conn:
        cur = await conn.execute("select %s::int, pg_sleep(%s)::text, clock_timestamp()", (i, 0.05 - i * 0.01))
        print(await cur.fetchone())
async def main():
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        async with conn.cursor() as cur:
            await cur.execute("select version()")
            print(await cur.fetchone())
        async with conn.pipeline():
            await conn.execute("select 1")
        try:
            async with asyncio.timeout(0.1):
                await conn.execute("select pg_sleep(5)")
        except TimeoutError as e:
            print("timeout", conn.info.transaction_status, conn.closed)
        await conn.rollback()
        async with conn.cursor().copy("copy (select generate_series(1,3)) to stdout") as copy:
            async for row in copy.rows(): print(row)
        async with conn.transaction():
            try:
                async with conn.transaction():
                    await conn.execute("select nope")
            except psycopg.errors.UndefinedColumn as e: print(e)
    async with AsyncConnectionPool(dsn, min_size=2, max_size=3) as pool:
        await asyncio.gather(*(one(pool, i) for i in range(5)))
asyncio.run(main())
def work(pool, i):
    with pool.connection() as conn:
        return conn.execute("select %s::int, clock_timestamp(), pg_backend_pid()", (i,)).fetchone()
with ConnectionPool(dsn, min_size=2, max_size=3) as pool, ThreadPoolExecutor(4) as ex:
    for r in ex.map(lambda i: work(pool, i), range(6)): print(r)
