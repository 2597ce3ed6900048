import datetime
from datetime import datetime as dt

now = dt.now()
utc = dt.now(datetime.timezone.utc)
print(now, utc.isoformat(), type(now) is dt, isinstance(utc, datetime.datetime))
print(dt.now() >= now, (utc + datetime.timedelta(days=1)).isoformat())
# changed: days=1 -> days=2 @ output stdout #2
# added: dt.today() @ read time.time at end
# removed: now = dt.now() -> now = dt(2026, 1, 1) @ output stdout
