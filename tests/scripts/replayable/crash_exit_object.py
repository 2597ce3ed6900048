"""SystemExit with what is neither a number nor a text, raised from an error."""
import uuid

try:
    [][3]
except IndexError as error:
    raise SystemExit(("quota", uuid.uuid4(), type(error))) from error

# changed: "quota" -> "budget" @ output stderr
# added: [][3] -> [][uuid.uuid4().int] @ output stderr
# removed: uuid.uuid4(), type -> 7, type @ output stderr
