"""Many clock reads, as an agent that polls would make them."""

import sys
import time

read = time.time
for _ in range(int(sys.argv[1])):
    read()
