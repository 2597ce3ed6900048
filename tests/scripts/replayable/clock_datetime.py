import datetime
from datetime import datetime as dt

now = dt.now()
utc = dt.now(datetime.timezone.utc)
print(now, utc.isoformat(), type(now) is dt, isinstance(utc, datetime.datetime))
print(dt.now() >= now, (utc + datetime.timedelta(days=1)).isoformat())
# mutant: utc = dt.now -> dt.now(); utc = dt.now @ read datetime.now
# mutant: now = dt.now() -> now = dt(2026, 1, 1) @ output stdout
# mutant: + dt.today() @ read time.time
