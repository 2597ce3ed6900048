"""Many draws of the shared generator."""

import random
import sys

draw = random.random
for _ in range(int(sys.argv[1])):
    draw()
