"""Which sources and packages ran: kept with the recording, compared when a replay diverges.

Known only as it happens: the script's own source is written before it runs, modules that it
imported and versions of packages at the end.
"""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.recording.jsontext import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from agentrr_sandbox.recorder import Recorder
    from agentrr_sandbox.recording.reader import Recording

_LIBRARIES = ("/site-packages/", "/dist-packages/")
_INFO = (".dist-info", ".egg-info")
_LARGEST = 1 << 20
_SHOWN = 8


def write_source(recorder: Recorder, path: str) -> None:
    """Write the `source` event of the file at *path*; one that cannot be read has none."""
    data = _content(path)
    if data is None:
        return
    aside = recorder.cleaner.aside()
    fields: dict[str, object] = {"path": aside.text(path), "sha256": sha256(data).hexdigest()}
    if len(data) <= _LARGEST:
        fields["text"] = aside.text(data.decode("utf-8", "replace"))
    recorder.append("source", fields)


def write_hook(recorder: Recorder, hook: str, library: str) -> None:
    """Write that *hook* holds *library*, with its version; the standard library's is Python's."""
    path = getattr(sys.modules.get(library), "__file__", None) or ""
    for mark in _LIBRARIES:
        folder, found, _ = path.rpartition(mark)
        if found:
            version = _version(installed(folder + mark[:-1]), library)
            recorder.append("hook", {"name": hook, "of": library, "version": version})


def write_the_rest(recorder: Recorder, script: str | None, known: Container[str] = ()) -> None:
    """Write the user's modules that were imported, and the packages, with their versions.

    Those called as in *known* are in another recording already.
    """
    user = recorder.cleaner.roots.user
    seen = {script}
    packages: dict[str, set[str]] = {}
    for name, path in sorted(_modules(known)):
        if user(path):
            if path not in seen:
                seen.add(path)
                write_source(recorder, path)
            continue
        for mark in _LIBRARIES:
            folder, found, _ = path.rpartition(mark)
            if found:
                packages.setdefault(folder + mark[:-1], set()).add(name.partition(".")[0])
    for folder, names in sorted(packages.items()):
        versions = installed(folder)
        for name in sorted(names):
            version = versions.get(_plain(name))
            if version is not None:
                recorder.append("package", {"name": name, "version": version})


def _modules(known: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield name and file of the loaded modules but those *known*; nothing of theirs is called."""
    for name, module in list(sys.modules.items()):
        if name in known:
            continue
        try:
            path = object.__getattribute__(module, "__dict__").get("__file__")
        except AttributeError:
            continue
        if type(path) is str and not name.startswith(("agentrr_sandbox", "agentrr_hooks")):
            yield name, path


def _version(versions: dict[str, str], library: str) -> str | None:
    """Return the version of a *library*, which may be a part of its distribution."""
    return versions.get(_plain(library)) or versions.get(_plain(library.partition(".")[0]))


def installed(folder: str) -> dict[str, str]:
    """Return the versions of the distributions in *folder*, by plain name."""
    found: dict[str, str] = {}
    try:
        entries = real.listdir(folder)
    except OSError:
        return found
    for entry in entries:
        for mark in _INFO:
            if entry.endswith(mark):
                name, dash, version = entry.removesuffix(mark).partition("-")
                if dash:
                    found[_plain(name)] = version
    return found


def changes(recording: Recording, roots: dict[str, str]) -> list[str]:
    """Return what is not here as it was recorded: rules, sources that changed, packages."""
    from agentrr_sandbox.recording import redaction_rules
    from agentrr_sandbox.recording.roots import Roots

    here = Roots(roots)
    versions = installed(_library(roots["prefix"]))
    found: list[str] = []
    rules = recording.header["redaction"].get("rules")
    if rules != redaction_rules.VERSION:
        here_by = redaction_rules.VERSION
        found.append(f"secrets were taken out by the rules {rules}, here they are by {here_by}")
    told: set[str] = set()
    for event in recording:
        if event["t"] == "source":
            data = _content(here.localize(event["path"]))
            if data is None:
                found.append(f"{event['path']} is not here")
            elif sha256(data).hexdigest() != event["sha256"]:
                found.append(f"{event['path']} has changed since")
        elif event["t"] in ("package", "hook"):
            name = event.get("of", event["name"])
            version = _version(versions, name)
            if version != event.get("version") and name not in told:
                told.add(name)
                now = f"is {version} here" if version else "is not installed here"
                held = ", which a hook of ours holds," if event["t"] == "hook" else ""
                found.append(f"{name}{held} {now}, {event.get('version')} was recorded")
    more = len(found) - _SHOWN
    return [*found[:_SHOWN], f"and {more} more"] if more > 0 else found


def _library(prefix: str) -> str:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return os.path.join(prefix, "lib", version, "site-packages")


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _content(path: str) -> bytes | None:
    try:
        with real.open(path, "rb") as file:
            data: bytes = file.read()
            return data
    except OSError:
        return None
