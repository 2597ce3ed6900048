"""What is not there is an answer too, and so is what may not be done."""
import os

for attempt in (
    lambda: open("config.toml"),
    lambda: open("."),
    lambda: open("no/such/folder/x", "w"),
    lambda: os.remove("nothing"),
    lambda: os.mkdir("."),
    lambda: os.rename("nothing", "something"),
    lambda: os.listdir("nowhere"),
    lambda: os.stat("nowhere"),
    lambda: os.rmdir("here"),
):
    try:
        print(attempt())
    except OSError as error:
        print(type(error).__name__, error, error.filename, error.errno)
    os.makedirs("here/below", exist_ok=True)
open("last-words.txt")

# same
# changed: "config.toml" -> "config.json" @ request file.open
# added: lambda: os.rmdir("here"), -> lambda: os.rmdir("here"), lambda: os.stat("gone"), @ call file.stat at file.open #4
# removed: lambda: os.listdir("nowhere") @ call file.stat at file.listdir
