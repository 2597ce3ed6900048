import os
import random


class Stock:
    def __init__(self, place):
        self.place = place

    def count(self, item):
        return int.from_bytes(os.urandom(2), "big")


def price(item, currency="EUR"):
    return round(random.random() * 100, 2), currency
