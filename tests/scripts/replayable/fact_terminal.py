import os
import shutil
import sys

print(shutil.get_terminal_size((93, 31)), shutil.get_terminal_size().lines)
print(sys.stdout.isatty(), os.isatty(0), sys.stdin.isatty(), sys.stderr.isatty())
try:
    os.get_terminal_size(1)
except OSError as error:
    print(type(error).__name__, error)
# same
# changed: os.get_terminal_size(1) -> os.get_terminal_size(77) @ fact os.get_terminal_size(77) at end
# added: os.get_terminal_size(0) @ fact os.get_terminal_size(0) at end
# removed: print(sys.stdout.isatty() @ output stdout #2
