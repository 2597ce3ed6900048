import datetime
import time

today = datetime.date.today()
print(f"You are an agent. Today is {today:%A, %d %B %Y}; it is {datetime.datetime.today()}.")
print((datetime.date.today() - datetime.date(2020, 2, 29)).days, time.time())
# changed: 2020, 2, 29 -> 2020, 3, 1 @ output stdout #2
# added: datetime.date.today() @ read time.time at end
# removed: today = datetime.date.today() -> today = datetime.date(2001, 1, 1) @ output stdout
