"""N events of the general kind: a quarter crossings, the other lines of output."""

import os
import sys

ask = os.access
for number in range(int(sys.argv[1]) // 4):
    ask("no such file", os.F_OK)
    print("line", number)
    print("another one")
    print()
