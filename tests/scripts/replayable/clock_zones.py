import time
from datetime import datetime, timedelta, timezone

tokyo = timezone(timedelta(hours=9), "Tokyo")


class Stamp(datetime):
    """A user's own kind of datetime."""


stamp = Stamp.now(tokyo)
print(datetime.now(tokyo), stamp, type(stamp).__name__, stamp.tzname(), time.time())
print(Stamp.today().__class__.__name__, datetime.now().astimezone().utcoffset())
# changed: hours=9 -> hours=8 @ output stdout
# added: Stamp.now() @ read datetime.now at end
# removed: stamp.tzname(), time.time()) -> stamp.tzname()) @ read datetime.now at reads
