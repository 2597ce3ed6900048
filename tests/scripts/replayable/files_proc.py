"""Reads what the kernel makes up at every look."""
with open("/proc/uptime") as f:
    uptime = f.read()
with open("/proc/self/stat") as f:
    print(uptime.strip(), f.read().split()[2])
print(open("/proc/loadavg").name, len(open("/proc/meminfo").readlines()) > 3)

# mutant: /proc/loadavg -> /proc/version @ file.open
