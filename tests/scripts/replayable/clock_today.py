import datetime
import time

today = datetime.date.today()
print(f"You are an agent. Today is {today:%A, %d %B %Y}; it is {datetime.datetime.today()}.")
print((datetime.date.today() - datetime.date(2020, 2, 29)).days, time.time())
# mutant: today = datetime.date.today() -> today = datetime.date(2001, 1, 1) @ output
# mutant: + datetime.date.today() @ read time.time
