import os
import tempfile
import uuid

with tempfile.TemporaryDirectory() as folder:
    print(os.path.basename(folder))
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".txt") as file:
        print(os.path.basename(file.name))
print(next(tempfile._get_candidate_names()), uuid.uuid4())
# changed: suffix=".txt" -> suffix=".md" @ request file.open #2
# added: uuid.uuid4() @ read os.urandom(16) at end
# removed: print(next( @ read os.urandom(16) at reads #3
