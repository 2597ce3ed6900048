"""What runs, in which interpreter, under whose eyes.

The *supervisor* (this package's part of the command) creates the recording, starts a fresh
interpreter in which `python script.py` is what really runs, waits, and writes how it ended.  The
*boot* (the part that runs there, before the script) installs the hooks and leaves no trace.
"""
