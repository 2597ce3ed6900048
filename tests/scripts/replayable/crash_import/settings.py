import os

raise RuntimeError(f"no settings: {os.urandom(2).hex()}")
