"""A package that is run by `-m`: relative imports and resources; it crashes."""
import sys
import time
from importlib import resources

from . import stock

print(__name__, __package__, sys.argv[1:], sys.path[0] != "", time.time())
print(resources.files(__package__).joinpath("prompt.txt").read_text().strip(), stock.left("bolt"))
stock.take("bolt", int(sys.argv[1]))

# file: shop/__main__.py
# argv: -m shop 12 --fast
# changed: left("bolt") -> left("nut") @ output stdout #2
# added: stock.take( -> stock.left("nut"); stock.take( @ read random.getrandbits(4) at end
# removed: , time.time()) -> ) @ read time.time at reads
