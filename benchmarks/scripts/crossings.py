"""So many crossings of the general kind."""

import os
import sys

for _ in range(int(sys.argv[1])):
    os.path.exists(__file__)
