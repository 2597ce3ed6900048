import io
import logging
import time

buffer = io.StringIO()
logging.basicConfig(stream=buffer, level="INFO", format="%(asctime)s %(relativeCreated)d %(message)s")
logging.info("asking the model")
logging.getLogger("agent").warning("no answer yet")
logging.Formatter.converter = time.gmtime
logging.info("in UTC")
print(buffer.getvalue(), time.time())
# changed: "in UTC" -> "in Utc" @ output stdout #3
# added: time.time() @ read time.time at end
# removed: getvalue(), time.time()) -> getvalue()) @ output stdout #4
