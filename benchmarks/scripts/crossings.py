"""So many crossings of the general kind."""

import sys
import time

for _ in range(int(sys.argv[1])):
    time.sleep(0)
