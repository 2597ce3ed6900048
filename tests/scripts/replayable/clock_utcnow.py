import warnings
from datetime import datetime

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(datetime.utcnow().isoformat() + "Z")
print(datetime.utcnow().tzinfo)
# changed: "Z" -> "+00:00" @ output stdout
# added: isoformat() + -> isoformat() + str(datetime.utcnow())[:0] + @ read datetime.utcnow at end
# removed: print(datetime.utcnow().tzinfo) @ read datetime.utcnow at reads
