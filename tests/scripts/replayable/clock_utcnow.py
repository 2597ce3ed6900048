import warnings
from datetime import datetime

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(datetime.utcnow().isoformat() + "Z")
print(datetime.utcnow().tzinfo)
# mutant: "Z" -> "+00:00" @ output stdout
# mutant: print(datetime.utcnow().tzinfo) ->  @ read datetime.utcnow
