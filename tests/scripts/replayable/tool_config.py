"""Functions that nobody can guess are named in agentrr.toml."""
import os
import time

from warehouse import Stock, price


def charge(cents):
    return cents, time.time()


print(os.getcwd() != "", Stock("here").count("bolt"), price("bolt"), price("nut", currency="USD"))
print(charge(12))

# changed: price("bolt") -> price("bold") @ request boundary.call #2
# changed: count("bolt") -> count("bold") @ request boundary.call
# added: charge(1) @ extra tool.call at end
# removed: print(charge(12)) @ missing tool.call
