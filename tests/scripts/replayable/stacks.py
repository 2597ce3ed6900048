# The program's own stack, as it looks at it.
# same
import inspect
import linecache
import logging
import traceback
import warnings

logging.basicConfig(format="%(funcName)s %(lineno)d %(message)s")


def inner():
    print([(frame.function, frame.lineno, frame.code_context) for frame in inspect.stack()])
    traceback.print_stack()
    warnings.warn("look", stacklevel=2)
    logging.warning("who", stacklevel=2, stack_info=True)
    print(traceback.format_stack()[-1])


def outer():
    (globals().get("inner") or globals()["other"])()


outer()
print(inspect.getsource(outer), linecache.getline(__file__, 2), inspect.getsourcefile(outer)[-3:])
print(inspect.getmodule(outer).__name__)

# changed: stacklevel=2) -> stacklevel=1) @ output stderr #7
# added: print(inspect.stack()) @ output stdout at end
# removed: print(inspect.getmodule(outer).__name__) @ output stdout #9
