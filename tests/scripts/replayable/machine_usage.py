"""Says what the process has used, what it may use, and how the machine is doing."""

import gc
import os
import resource
import sys
import tracemalloc

print(os.times(), os.times().user >= 0)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage, usage.ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw)
print(gc.get_count(), gc.get_stats(), sys.getallocatedblocks(), gc.collect(), gc.collect(0))
tracemalloc.start()
kept = [str(number) for number in range(1000)]
print(tracemalloc.get_traced_memory(), tracemalloc.get_tracemalloc_memory())
print(resource.getrlimit(resource.RLIMIT_NOFILE))
print(os.getpriority(os.PRIO_PROCESS, 0))
print(os.nice(1))
resource.setrlimit(resource.RLIMIT_NOFILE, (500, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], os.getpriority(os.PRIO_PROCESS, 0))
for ask in (
    lambda: resource.getrusage(99),
    lambda: resource.getrlimit(999),
    lambda: os.kill(os.getppid(), 0),
    lambda: os.kill(2**22 + 1, 0),
    lambda: os.nice(),
):
    try:
        print(ask())
    except Exception as error:
        print(repr(error), getattr(error, "errno", None))

collections = []


def collected(phase: str, info: dict[str, int]) -> None:
    collections.append(phase)


gc.callbacks.append(collected)
gc.collect()
print(collections[-2:], collected in gc.callbacks)
gc.callbacks.remove(collected)
print(gc.callbacks)

import psutil  # noqa: E402 - what it does at its import is asked where it stands

me = psutil.Process()
print(psutil.cpu_percent(), psutil.cpu_times(), psutil.virtual_memory(), psutil.swap_memory())
print(psutil.disk_usage("/"), psutil.disk_partitions(), psutil.net_io_counters(), psutil.users())
print(psutil.boot_time(), psutil.cpu_freq(), psutil.cpu_stats(), psutil.sensors_temperatures())
print(me.memory_info(), me.cpu_times(), me.num_threads(), me.name(), me.cmdline(), me.status())
print(me.cpu_affinity(), me.nice(), me.io_counters(), me.parent() is not None, me.children())
print(me.open_files(), me.net_connections(), me.rlimit(psutil.RLIMIT_NOFILE), me.ionice())
print(psutil.pid_exists(os.getpid()), psutil.pid_exists(2**22 + 1), psutil.net_if_stats())
print(sorted(process.pid for process in psutil.process_iter()), sorted(psutil.net_if_addrs()))
try:
    psutil.Process(2**22 + 1)
except psutil.NoSuchProcess as error:
    print(error)

# changed: os.nice(1) -> os.nice(2) @ request os.nice
# added: os.getpriority(os.PRIO_USER, 0) @ extra os.getpriority at end
# removed: print(os.getpriority(os.PRIO_PROCESS, 0)) @ call os.nice at os.getpriority
