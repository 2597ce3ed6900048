"""Several threads import the same modules."""

import threading

out = []


def go(name):
    __import__(name)
    out.append(name)


ts = [
    threading.Thread(target=go, args=(n,))
    for n in ("decimal", "decimal", "xml.dom.minidom", "email.message", "decimal")
]
for t in ts:
    t.start()
for t in ts:
    t.join()
print(sorted(out))
# drifts: the baton is taken from a thread that computes for long, at no exact place
