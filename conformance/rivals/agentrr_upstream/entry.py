"""What agentrr records and replays: a callable of a module, which runs the script named in argv."""

import runpy
import sys


def agent():
    runpy.run_path(sys.argv[0], run_name="__main__")
