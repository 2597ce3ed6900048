import uuid
from dataclasses import dataclass, field
from uuid import uuid4


@dataclass
class Event:
    id: uuid.UUID = field(default_factory=uuid4)


print(uuid.uuid4(), Event(), uuid4().hex, uuid.uuid5(uuid.NAMESPACE_DNS, "x.test"))
# changed: "x.test" -> "y.test" @ output stdout
# added: uuid4() @ read os.urandom(16) at end
# removed: uuid4().hex -> "none" @ output stdout
