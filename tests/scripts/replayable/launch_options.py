"""Options of python's own: assertions off, warnings shown, arguments that look like options."""
import sys
import time
import warnings

assert False, "-O takes this away"
warnings.warn("an old name", DeprecationWarning, stacklevel=1)
print(sys.flags.optimize, sys.flags.utf8_mode, sys.warnoptions, sys.argv[1:], time.time())
sys.exit(len(sys.argv))

# argv: -O -X utf8 -W always agent.py -q --json run.jsonl
# changed: len(sys.argv) -> len(sys.argv) + 1 @ exit exit
# added: sys.exit( -> time.time(); sys.exit( @ read time.time at end
# removed: , time.time()) -> ) @ output stdout
