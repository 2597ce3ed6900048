import uuid
from dataclasses import dataclass, field
from uuid import uuid4


@dataclass
class Event:
    id: uuid.UUID = field(default_factory=uuid4)


print(uuid.uuid4(), Event(), uuid4().hex, uuid.uuid5(uuid.NAMESPACE_DNS, "x.test"))
# mutant: + uuid4() @ read os.urandom(16)
# mutant: uuid4().hex -> "none" @ output stdout
