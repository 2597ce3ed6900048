import asyncio
import os

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, Session
url = os.environ["DATABASE_URL"].replace("postgresql", "postgresql+psycopg")
e = sa.create_engine(url)
class B(DeclarativeBase): pass
class User(B):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
B.metadata.drop_all(e); B.metadata.create_all(e)
with Session(e) as s:
    s.add_all([User(name=f"u{i}") for i in range(3)]); s.commit()
    print([(u.id, u.name) for u in s.scalars(sa.select(User).order_by(User.id))])
    try:
        s.execute(sa.text("select * from nope"))
    except sa.exc.ProgrammingError as x: print(x)
print(sa.inspect(e).get_table_names())
async def m():
    a = create_async_engine(url)
    async with a.connect() as c: print((await c.execute(sa.text("select count(*) from users"))).scalar())
    await a.dispose()
asyncio.run(m())
