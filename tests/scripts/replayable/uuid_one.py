import uuid

first = uuid.uuid1()
print(first, uuid.uuid1() > first, uuid.uuid1(node=7, clock_seq=3).node)
print(uuid.uuid1(clock_seq=3).node == uuid.getnode())
# changed: node=7 -> node=8 @ output stdout
# added: uuid.uuid1() @ read uuid.generate_time_safe at end
# removed: print(first, uuid.uuid1() > first, -> print(first, @ output stdout
