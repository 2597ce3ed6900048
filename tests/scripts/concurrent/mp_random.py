"""A random program of pools, executors, queues, pipes and shared memory, another in each recording."""

import multiprocessing
import queue
import random
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, as_completed, wait


def slow(n):
    time.sleep((n * 7919 % 13) / 2000)
    if n == 10:
        raise ValueError(n)
    return n * n


def put(answers, n):
    slow(n)
    answers.put(n)


def echo(end, times):
    for _ in range(times):
        end.send(end.recv() + 1)


def count(total, each, n):
    for _ in range(n):
        with total.get_lock():
            total.value += 1
    with each.get_lock():
        each[n % 4] += n


def pooled(choose, context, pool, executor, say):
    say(pool.map(slow, range(choose.randrange(6)), chunksize=choose.choice([None, 1, 2])))
    say(list(pool.imap_unordered(slow, range(choose.randrange(6)))))


def asked(choose, context, pool, executor, say):
    numbers = [choose.randrange(12) for _ in range(3)]
    answers = [
        pool.apply_async(slow, (n,), {}, lambda x: say("came", x), lambda e: say("failed", e))
        for n in numbers
    ]
    for answer in answers:
        try:
            say(answer.get(choose.choice([None, 10])))
        except ValueError as error:
            say(repr(error))


def submitted(choose, context, pool, executor, say):
    futures = [executor.submit(slow, choose.randrange(12)) for _ in range(4)]
    done, left = wait(futures, return_when=FIRST_COMPLETED)
    say(sorted(futures.index(future) for future in done), len(left))
    for future in as_completed(futures):
        say(futures.index(future), future.exception() or future.result())


def queued(choose, context, pool, executor, say):
    answers = context.Queue()
    workers = [context.Process(target=put, args=(answers, n)) for n in range(choose.randrange(4))]
    for worker in workers:
        worker.start()
    for _ in workers:
        say(answers.get())
    for worker in workers:
        worker.join()
    try:
        answers.get(timeout=0.001)
    except queue.Empty:
        say("empty")


def piped(choose, context, pool, executor, say):
    ours, theirs = context.Pipe()
    times = choose.randrange(1, 4)
    worker = context.Process(target=echo, args=(theirs, times))
    worker.start()
    for n in range(times):
        ours.send(n)
        say(ours.poll(choose.choice([0, 0.001, 10])), ours.recv())
    worker.join()
    say(worker.exitcode)


def shared(choose, context, pool, executor, say):
    total, each = context.Value("i", 0), context.Array("i", 4)
    workers = [context.Process(target=count, args=(total, each, 5 + n)) for n in range(3)]
    for worker in workers:
        worker.start()
    while total.value < 9:
        time.sleep(0.0005)
    say(total.value)
    for worker in workers:
        worker.join()
    say(total.value, each[:])


def ended(choose, context, pool, executor, say):
    worker = context.Process(target=time.sleep, args=(30,))
    worker.start()
    worker.join(choose.choice([0, 0.002]))
    say(worker.exitcode)
    choose.choice([worker.kill, worker.terminate])()
    worker.join()
    say(worker.exitcode)


STEPS = [pooled, asked, submitted, queued, piped, shared, ended]


def run(name, seed, *given):
    choose = random.Random(seed)
    for _ in range(choose.randrange(1, 4)):
        choose.choice(STEPS)(choose, *given, lambda *said: print(name, *said))


if __name__ == "__main__":
    seed = random.randrange(1_000_000)
    print("seed", seed)
    choose = random.Random(seed)
    method = choose.choice(["fork", "spawn", "forkserver"])
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool, ProcessPoolExecutor(2, mp_context=context) as executor:
        executor.submit(slow, 1).result()
        given = context, pool, executor
        threads = [
            threading.Thread(target=run, args=(f"thread {n}", choose.random(), *given))
            for n in range(0 if method == "fork" else choose.randrange(4))
        ]
        for thread in threads:
            thread.start()
        run("main", choose.random(), *given)
        for thread in threads:
            thread.join()
