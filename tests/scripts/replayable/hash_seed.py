import time

tags = {"planner", "writer", "critic", "search", "memory"}
print(tags, hash("agent"), time.time())
print(frozenset("abcdefgh"))
# mutant: "critic" -> "editor" @ output stdout
