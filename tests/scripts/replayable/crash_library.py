"""An error that comes out of the packages and of the standard library, through the script's own code."""
import concurrent.futures
import functools
import time

import click


def check(_context, _parameter, value):
    return functools.reduce(lambda total, word: total + len(word) / (time.time() * 0), value.split(), 0)


@click.command()
@click.option("--task", default="ask the model", callback=check)
def main(task):
    print(task)


with concurrent.futures.ThreadPoolExecutor(1) as pool:
    try:
        pool.submit(main.callback, 1, 2).result()
    except TypeError as error:
        print(error, time.time())
main(["--task", "plan it"])

# changed: error, time -> repr(error), time @ output stdout
# added: main(["--task" -> time.time(); main(["--task" @ read time.time at end
# removed: error, time.time()) -> error) @ output stdout
