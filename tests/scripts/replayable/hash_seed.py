import time

tags = {"planner", "writer", "critic", "search", "memory"}
print(tags, hash("agent"), time.time())
print(frozenset("abcdefgh"))
# changed: "critic" -> "editor" @ output stdout
# added: time.time() @ read time.time at end
# removed: hash("agent"), time.time()) -> hash("agent")) @ output stdout
