# Locks and memory that processes could share, in a run that starts none.
# same
import multiprocessing as mp

l = mp.RLock()
s = mp.Semaphore(2)
q = mp.Lock()
with l:
    with l:
        print(l)
print(s.acquire(), s.acquire(), s.acquire(False), s.get_value())
s.release()
try:
    q.release()
except ValueError as e:
    print(e)
try:
    l.release()
except AssertionError as e:
    print(e)
e = mp.Event()
e.set()
print(e.wait(1), q, s)
v = mp.Value("i", 3)
with v.get_lock():
    print(v.value)

# changed: mp.Semaphore(2) -> mp.Semaphore(3) @ request multiprocessing.SemLock #2
# added: mp.Lock() @ extra multiprocessing.SemLock at end
# removed: e = mp.Event() -> import threading; e = threading.Event() @ call multiprocessing.get_value at multiprocessing.SemLock #4
