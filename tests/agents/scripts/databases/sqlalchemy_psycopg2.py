"""SQLAlchemy on psycopg2: the ORM, a streamed result, threads; a notification waited for."""

import os
import select
import threading
import time

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy import JSON, Column, Integer, String, create_engine, func, text
from sqlalchemy import select as chosen
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base

engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg2://"),
    pool_size=2,
    pool_pre_ping=True,
)
Base = declarative_base()


class Thing(Base):
    __tablename__ = "sa_things"
    id = Column(Integer, primary_key=True)
    name = Column(String, unique=True)
    data = Column(JSON)


Base.metadata.drop_all(engine)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Thing(name=f"n{i}'\\", data={"i": [i]}) for i in range(5)])
    session.commit()
    for thing in session.scalars(chosen(Thing).order_by(Thing.id)):
        print(thing.id, thing.name, thing.data)
    try:
        session.add(Thing(name="n1'\\"))
        session.commit()
    except IntegrityError as error:
        print(type(error.orig).__name__, error.orig.pgcode)
        session.rollback()
    print(session.execute(chosen(func.count(Thing.id), func.now(), func.random())).one())
with engine.connect().execution_options(stream_results=True, yield_per=2) as connection:
    print(list(connection.execute(text("select id from sa_things order by id"))))


def work(number):
    with engine.begin() as connection:
        statement = text("select pg_sleep(:s)::text, :n")
        print(connection.execute(statement, {"n": number, "s": 0.05 * number}).one())


threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
engine.dispose()

listener = psycopg2.connect(os.environ["DATABASE"])
listener.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
teller = psycopg2.connect(os.environ["DATABASE"])
teller.autocommit = True
listener.cursor().execute("listen news")


def later():
    time.sleep(0.1)
    teller.cursor().execute("notify news, 'it rains'")


thread = threading.Thread(target=later)
thread.start()
print(select.select([listener], [], [], 0.01))
if select.select([listener], [], [], 5) != ([], [], []):
    listener.poll()
    while listener.notifies:
        told = listener.notifies.pop(0)
        print(told.channel, told.payload)
thread.join()
