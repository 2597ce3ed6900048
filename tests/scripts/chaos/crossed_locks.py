"""Two threads take two locks the other way round."""

import threading
import time

a, b = threading.Lock(), threading.Lock()
done = []


def work(name, first, second):
    with first:
        done.append(name)
        with second:
            done.append(name)


threads = [threading.Thread(target=work, args=each) for each in (("one", a, b), ("two", b, a))]
threads[0].start()
threads[0].join()  # the second one comes when the first is done, this time
threads = [threading.Thread(target=work, args=each) for each in (("one", a, b), ("two", b, a))]
for thread in threads:
    thread.start()
    time.sleep(0.001)
for thread in threads:
    thread.join()
print(len(done))
