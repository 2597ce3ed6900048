"""Functions that nobody can guess are named in agentrr.toml."""
import os
import time

from warehouse import Stock, price


def charge(cents):
    return cents, time.time()


print(os.getcwd() != "", Stock("here").count("bolt"), price("bolt"), price("nut", currency="USD"))
print(charge(12))

# mutant: price("bolt") -> price("bold") @ request boundary.call
# mutant: count("bolt") -> count("bold") @ request boundary.call
# mutant: charge(12) -> charge(13) @ request tool.call
