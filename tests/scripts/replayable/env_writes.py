import os

os.environ["AGENT_MODE"] = "fast"
os.environ.update({"AGENT_A": "1", "AGENT_B": "2"})
os.environ.setdefault("AGENT_A", "3")
print(sorted(name for name in os.environ if name.startswith("AGENT_") and name != "AGENTRR_DIR"))
print(os.environ.pop("AGENT_B"), os.environ.get("AGENT_B"), "AGENT_B" in os.environ)
del os.environ["AGENT_MODE"]
print(os.getenv("AGENT_MODE", "gone"), os.environ["AGENT_A"], os.environ.pop("PATH")[:0])
print("PATH" in os.environ, type(os.environ).__name__, type(os.environ.copy()).__name__)
# same
# changed: "AGENT_A": "1" -> "AGENT_A": "7" @ output stdout #3
# added: os.environ["AGENT_NEW"] @ fact env:AGENT_NEW at end
# removed: del os.environ @ output stdout #3
