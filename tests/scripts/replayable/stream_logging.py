"""Logging to stderr as most scripts do it, warnings, and the handler of last resort."""
import logging
import time
import warnings

logging.getLogger("early").warning("before anything is configured")
logging.basicConfig(format="%(asctime)s %(levelname)-8s %(name)s:%(lineno)d %(message)s", level="INFO")
logging.captureWarnings(True)
warnings.warn("an old name", DeprecationWarning, stacklevel=1)
warnings.warn("seen by all", UserWarning, stacklevel=1)
try:
    {}["answer"]
except KeyError:
    logging.exception("no answer after %.3f s", time.perf_counter())
logging.getLogger("agent").info("done")

# changed: "done" -> "finished" @ output stderr #14
# added: time.time() @ read time.time at end
# removed: , time.perf_counter()) -> , 0) @ output stderr #8
