import copy
import pickle
import time
from dataclasses import dataclass, field
from datetime import datetime
from time import time as stamp

CLOCKS = {"wall": time.time, "steady": time.monotonic}


@dataclass
class Message:
    text: str
    created: float = field(default_factory=time.time)
    at: datetime = field(default_factory=datetime.now)


class Span:
    clock = time.perf_counter
    began = property(lambda self: type(self).clock())


def closure(clock=stamp):
    return lambda: clock()


print({name: clock() for name, clock in CLOCKS.items()}, closure()())
print(Message("hello"), Span().began, Span().clock())
again = pickle.loads(pickle.dumps(time.time))
print(again(), copy.deepcopy(CLOCKS)["wall"]() > 0, again is time.time or again == time.time)
print(pickle.loads(pickle.dumps(Message("kept"))), list(map(lambda f: f(), [stamp, stamp])))
# changed: "steady": time.monotonic -> "steady": time.perf_counter @ read time.perf_counter at reads
# added: Message("one more") @ read time.time at end
# removed: Span().began, Span().clock()) -> Span().began) @ read time.time at reads
