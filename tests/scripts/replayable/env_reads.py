import os

mode = os.environ.get("AGENT_MODE", "careful")
print("mode", mode, "home" in os.environ, os.getenv("AGENT_MODEL"), os.environb.get(b"AGENT_X"))
try:
    os.environ["AGENT_TOKEN_FILE"]
except KeyError as error:
    print("no", error)
print("path entries", len(os.environ["PATH"].split(os.pathsep)) > 0)
# same
# changed: "AGENT_MODEL" -> "AGENT_OTHER" @ fact env:AGENT_OTHER at end
# added: os.getenv("AGENT_ONE_MORE") @ fact env:AGENT_ONE_MORE at end
# removed: print("mode" @ output stdout
