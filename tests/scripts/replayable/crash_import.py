"""The script's own module does not compile; before, one of the same folder fails as it is imported."""
import time

try:
    import settings
except RuntimeError as error:
    print(error, error.__traceback__.tb_next.tb_lineno > 0, time.time())
import broken

# changed: error, error -> repr(error), error @ output stdout
# added: import broken -> time.time(); import broken @ read time.time at end
# removed: > 0, time.time()) -> > 0) @ output stdout
