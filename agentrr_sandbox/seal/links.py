"""Links that the run makes: other names of what it reads and writes.

A replay makes none.  What links answer (`readlink`, `lstat`, lists) is in the recording, and what
is opened through one is opened under the name that it stands for, in both modes: so what the run
wrote there is found under either name.
"""

from __future__ import annotations

import os

from agentrr_sandbox.seal.paths import Paths

_MOST = 40
"""Links that lead to links are followed so often, as the kernel does."""


class Linked(Paths):
    """Paths as the run spells them, but for those links that it has made itself."""

    def __init__(self) -> None:
        super().__init__()
        self._links: dict[str, str] = {}
        """What each one says; it may be relative to where the link is."""
        self._hard: set[str] = set()
        """Those links that go on when the name they stand for is removed."""
        self._unsettled: dict[str, bool] = {}
        """The files that were opened for writing since `settle` was called."""

    def absolute(self, path: str) -> str:
        """Return *path* from the root on; the run's own links are followed."""
        spelled = super().absolute(path)
        return self._through(spelled) if self._links else spelled

    def named(self, path: str) -> str:
        """Return the same, but that a link is itself where it is the last part."""
        spelled = super().absolute(path)
        if not self._links:
            return spelled
        folder, _, name = spelled.rpartition("/")
        return f"{self._through(folder)}/{name}"

    def _through(self, path: str) -> str:
        for _ in range(_MOST):
            for link, target in self._links.items():
                if path == link or path.startswith(link + "/"):
                    leads_to = os.path.join(os.path.dirname(link), target)
                    path = os.path.normpath(leads_to) + path[len(link) :]
                    break
            else:
                break
        return path

    def linked(self, path: str, target: str, *, hard: bool) -> None:
        """Take note that the run made *path* another name of *target*."""
        name = self.named(path)
        if hard:
            self._hard.add(name)
            self._links[name] = self.absolute(target)
        else:
            self._links[name] = target

    def unlinked(self, name: str) -> str | None:
        """Take note that *name* is no more.

        Return the name under which what it held goes on: itself for a link, another name of the
        same file, or None.
        """
        if name in self._links:
            del self._links[name]
            self._hard.discard(name)
            return name
        for other in [link for link in self._hard if self._links[link] == name]:
            self._hard.discard(other)
            del self._links[other]
            for link in self._hard:
                if self._links[link] == name:
                    self._links[link] = other
            return other
        return None

    def same(self, old: str, new: str) -> bool:
        """Whether these are one file, so that renaming one to the other does nothing."""
        hard = {name: self._links[name] for name in self._hard}
        return hard.get(old, old) == hard.get(new, new)

    def moved(self, source: str, target: str) -> bool:
        """Take note of a rename; True if *source* is a link, so that nothing else moves."""
        for link in [link for link in self._links if f"{link}/".startswith(f"{source}/")]:
            renamed = target + link[len(source) :]
            self._links[renamed] = self._links.pop(link)
            if link in self._hard:
                self._hard.discard(link)
                self._hard.add(renamed)
        for link in self._hard:
            held = self._links[link]
            if f"{held}/".startswith(f"{source}/"):
                self._links[link] = target + held[len(source) :]
        return target in self._links
