import logging
import os
import sys

print("process", os.getpid(), os.getpgid(os.getpid()) == os.getpgrp())
print("cpus", os.cpu_count(), len(os.sched_getaffinity(0)), os.getuid(), os.geteuid(), os.getgid())
logging.basicConfig(stream=sys.stdout, format="%(process)d %(message)s", level=logging.INFO)
logging.info("from here")
# changed: "process" -> "process id" @ output stdout
# added: os.getsid(0) @ fact os.getsid(0) at end
# removed: logging.info( @ output stdout #3
