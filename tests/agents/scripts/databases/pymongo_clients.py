"""pymongo: documents, errors, threads, the monitor's heartbeats; its asyncio client too."""

import asyncio
import datetime
import os
import threading
import time

import pymongo

URL = f"mongodb://127.0.0.1:{os.environ.get('MONGO_PORT', '1')}/?serverSelectionTimeoutMS=3000"
client = pymongo.MongoClient(URL, heartbeatFrequencyMS=500)
orders = client.shop.orders
orders.delete_many({})
first = {"_id": 1, "what": "tea", "at": datetime.datetime(2020, 1, 1)}
print(orders.insert_one(first).inserted_id)
print(orders.insert_many([{"what": f"w{n}", "n": n} for n in range(4)]).inserted_ids)
print(orders.find_one({"what": "tea"}), [each["n"] for each in orders.find({"what": "w2"})])
print(orders.update_one({"what": "tea"}, {"$set": {"n": 9}}).modified_count)
try:
    orders.insert_one({"_id": 1})
except pymongo.errors.DuplicateKeyError as error:
    print(error.code)
try:
    client.shop.command("nope")
except pymongo.errors.OperationFailure as error:
    print(error.code)


def work(number):
    print(number, orders.find_one({"n": number})["what"])


threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
time.sleep(0.7)
print(orders.delete_many({"what": "w1"}).deleted_count)
client.close()


async def main():
    async with pymongo.AsyncMongoClient(URL) as client:
        orders = client.shop.orders
        print(await orders.find_one({"what": "tea"}))
        print(await asyncio.gather(*(orders.find_one({"n": n}, {"_id": 0}) for n in range(3))))
        print([each async for each in orders.find({"n": 9})])


asyncio.run(main())
try:
    pymongo.MongoClient("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300").admin.command("ping")
except pymongo.errors.ServerSelectionTimeoutError as error:
    print(type(error).__name__)
