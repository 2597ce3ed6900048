import os

shown = {name: value for name, value in os.environ.items() if not name.startswith("AGENTRR")}
print(len(shown), *sorted(shown))
print(len(dict(os.environ)) == len(os.environ) == len(os.environb), bool(os.environ))
print({**os.environ} == os.environ.copy() == dict(os.environ) == (os.environ | {}))
# same
# mutant: print(len(shown) -> print(len(shown) + 1 @ output stdout
# mutant: + print(os.environ) @ output stdout
