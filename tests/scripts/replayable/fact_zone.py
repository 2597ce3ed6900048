import os
import time
from datetime import datetime, timezone

print(time.tzname, time.timezone, time.daylight)
print(time.localtime(1_750_000_000)[:5], datetime.fromtimestamp(1_750_000_000).isoformat())
print(datetime(2026, 7, 1, tzinfo=timezone.utc).astimezone().isoformat(), os.environ.get("TZ"))
os.environ["TZ"] = "EST5EDT"
time.tzset()
print(time.tzname, time.localtime(1_750_000_000)[:5])
# same
# changed: EST5EDT -> CET-1CEST @ output stdout #4
# added: os.getenv("TZ_OVERRIDE") @ fact env:TZ_OVERRIDE at end
# removed: os.environ["TZ"] = @ output stdout #4
