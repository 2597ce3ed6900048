import random


def left(item):
    return item, random.randint(1, 9)


def take(item, count):
    if count > left(item)[1]:
        raise LookupError(f"only {left(item)[1]} of {item}")
