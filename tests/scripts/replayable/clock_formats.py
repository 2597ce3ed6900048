import time

print(time.strftime("%Y-%m-%dT%H:%M:%S"), time.ctime(), time.asctime())
print(tuple(time.localtime())[:6], tuple(time.gmtime())[:6], time.time())
print(time.strftime("%Y", time.gmtime(0)), time.ctime(86400.0)[-4:], time.localtime(86400).tm_year)
# changed: "%Y-%m -> "%y-%m @ output stdout
# added: time.gmtime() @ read time.gmtime at end
# removed: time.ctime(), time -> time @ read time.asctime at reads
