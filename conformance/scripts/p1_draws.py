"""Clocks, randomness, ids and hashes: a line each."""

import datetime
import os
import random
import secrets
import time
import uuid

print("random.random", random.random())
print("random.randint", random.randint(0, 10**9))
print("random.Random", random.Random().random())
print("os.urandom", os.urandom(8).hex())
print("secrets", secrets.token_hex(8))
print("uuid4", uuid.uuid4())
print("time.time", time.time())
print("time.monotonic", time.monotonic())
print("datetime.now", datetime.datetime.now())
print("getpid", os.getpid())
print("hash", hash("agent"))
print("set", *{"red", "green", "blue", "black", "white", "grey"})
