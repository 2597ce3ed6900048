"""Reads what the kernel makes up at every look."""
with open("/proc/uptime") as f:
    uptime = f.read()
with open("/proc/self/stat") as f:
    print(uptime.strip(), f.read().split()[2])
print(open("/proc/loadavg").name, len(open("/proc/meminfo").readlines()) > 3)

# changed: /proc/loadavg -> /proc/version @ request file.open #3
# added: open("/proc/version") @ extra file.open at end
# removed: print(open("/proc/loadavg").name, -> print( @ request file.open #3
