"""Errors on top of errors: from a cause, while handling another, and with the cause hidden."""
import json
import time
import traceback


def parse(text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise RuntimeError(f"no JSON at {time.time_ns()}") from error


def ask(text):
    try:
        return parse(text)
    except RuntimeError as error:
        error.add_note(f"while asking {text!r}")
        raise LookupError("nothing to say")


try:
    try:
        {}["plan"]
    except KeyError:
        raise TimeoutError(time.time()) from None
except TimeoutError:
    traceback.print_exc()
ask('{"plan": ')

# changed: "plan": ' -> "goal": ' @ output stderr with while asking
# added: return json.loads(text) -> return json.loads(text + str(time.time())[:0]) @ read time.time at reads
# removed: no JSON at {time.time_ns()} -> no JSON @ output stderr with no JSON
