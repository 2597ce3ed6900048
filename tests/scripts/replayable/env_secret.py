import hashlib
import os

os.environ.setdefault("SUPPORT_API_KEY", "sk-proj-" + hashlib.sha256(b"a key").hexdigest())
key = os.environ["SUPPORT_API_KEY"]
if not key.startswith("sk-proj-") or len(key) < 20:
    raise SystemExit("bad key")
print("Authorization: Bearer", key[:8], len(key))
# same
# changed: len(key)) -> len(key) + 1) @ output stdout
# added: os.environ["OTHER_API_KEY"] @ fact env:OTHER_API_KEY at end
# removed: print("Authorization @ output stdout
