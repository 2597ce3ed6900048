import os

shown = {name: value for name, value in os.environ.items() if not name.startswith("AGENTRR")}
print(len(shown), *sorted(shown))
print(len(dict(os.environ)) == len(os.environ) == len(os.environb), bool(os.environ))
print({**os.environ} == os.environ.copy() == dict(os.environ) == (os.environ | {}))
# same
# changed: "AGENTRR" -> "HOME" @ output stdout
# added: os.cpu_count() @ fact os.cpu_count at end
# removed: print(len(dict( @ output stdout #2
