"""Run by `-c`; it crashes below the code of the command line."""
import sys
import uuid


def main(*words):
    print(words, sys.argv, uuid.uuid4())
    raise RuntimeError(f"{words[0]} {uuid.uuid4().hex}")

# argv: -c "import agent, sys, time; print(time.time()); agent.main(*sys.argv[1:])" one two
# changed: {words[0]} -> {words[1]} @ output stderr with raise RuntimeError
# added: print(words -> uuid.uuid4(); print(words @ output stderr with RuntimeError: one
# removed: , uuid.uuid4()) -> ) @ output stderr with RuntimeError: one
