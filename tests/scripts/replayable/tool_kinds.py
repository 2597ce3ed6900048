"""Functions of many kinds, each called in its own way."""
import functools
import os
import time

import httpx


def retried(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        for _ in range(2):
            try:
                return function(*args, **kwargs)
            except TimeoutError:
                continue
        return function(*args, **kwargs)

    return wrapper


@retried
def decorated(x, *more, key=None, **named):
    return [x, more, key, named, time.time_ns()]


def scaled(factor, x):
    return factor * x, time.time_ns()


class Desk:
    opened = time.time_ns()

    def __init__(self):
        self.handlers = {"shout": self.say_loud}

    def say_loud(self, text):
        return text.upper(), time.time_ns()

    @staticmethod
    def plain(text):
        return text, time.time_ns()

    @classmethod
    def of_class(cls, text):
        return cls.__name__, text, time.time_ns()


def main():
    desk = Desk()

    def local(text="local"):
        return text, desk.opened, time.time_ns()

    table = {"times_two": functools.partial(scaled, 2), "local": local}
    names = ["decorated", "times_two", "shout", "plain", "of_class", "local"]
    schema = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in names]
    messages = [{"role": "user", "content": "All of it."}]
    ask = {"model": "gpt-4o-mini", "messages": messages, "tools": schema}
    httpx.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=ask)
    print(decorated(1, 2, 3, key="k", z=26), decorated.__name__)
    print(table["times_two"](21), table["times_two"](x=4))
    print(desk.handlers["shout"]("hey"), getattr(desk, "plain")("a"), Desk.of_class("b"))
    print(local(), table["local"](text="again"), [one("c") for one in (desk.say_loud,)])


main()

# needs: server
# changed: 2, 3, key="k" -> 2, 4, key="k" @ request tool.call
# changed: ["times_two"](21) -> ["times_two"](22) @ request tool.call #2
# changed: ("hey") -> ("hay") @ request tool.call #4
# changed: Desk.of_class("b") -> Desk.of_class("B") @ request tool.call #6
# changed: text="again" -> text="once" @ request tool.call #8
# added: print(local() -> desk.say_loud("x"); print(local() @ request tool.call #7
# removed: print(local() @ missing tool.call #7
