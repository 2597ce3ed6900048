"""Everything that is written passes here: secrets out, paths as roots.

`OutputPieces` (in `output`) does so for the agent's stdout and stderr.
"""

from __future__ import annotations

from agentrr_sandbox.recording import codec, redaction_command, redaction_structures
from agentrr_sandbox.recording.output import OutputPieces
from agentrr_sandbox.recording.redaction_forms import MARK
from agentrr_sandbox.recording.redaction_quiet import QuietRedactor
from agentrr_sandbox.recording.redaction_rules import NO, STRONG
from agentrr_sandbox.recording.redaction_words import Program
from agentrr_sandbox.recording.scalars import base64, unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.redaction import Redactor
    from agentrr_sandbox.recording.roots import Roots

__all__ = ["Cleaner", "OutputPieces"]

_LONG = 160
_FLAG = "--"
_OWN = 100  # what a remembered text takes beside its characters
_PIN = 100_000
"""A number under a telling name is a secret from here on; smaller ones are counts and ports."""
_MAX_REMEMBERED = 8 << 20
_ROOT = "[root:"
_OPAQUE = frozenset({"i", "f", "c", "u", "np", "ng", "pickle", "file", "@", "ref", "r"})
_BYTES = frozenset({"b", "ba", "s"})
_LABELS = frozenset({"$", "c", "n", "k", "t"})


class Cleaner:
    """Cleans what goes into a recording, and puts this machine's paths into what comes out."""

    __slots__ = ("_mapped", "_nothing", "_secrets", "_weight", "redactor", "roots")

    def __init__(self, redactor: Redactor, roots: Roots) -> None:
        self.redactor = redactor
        self.roots = roots
        redactor.program = redactor.program or Program(roots.user)
        self._nothing: set[str] = set()  # texts that hold nothing to clean: they come again
        self._mapped: dict[str, str] = {}  # texts that hold paths alone
        self._secrets: object = None  # the secrets that were known then
        self._weight = 0

    def aside(self) -> Cleaner:
        """Return a cleaner for what only one of recording and replay sees (argv, sources).

        It knows the same secrets and gives no numbers to new ones.
        """
        return Cleaner(QuietRedactor(self.redactor), self.roots)

    def text(self, text: str) -> str:
        """Return *text* without secrets, its paths as roots."""
        nothing = self._remembered()
        if text in nothing:
            return text
        mapped = self._mapped
        known = mapped.get(text)
        if known is not None:
            return known
        bare = self.redactor.text(text)
        found = self.roots.map(bare)
        if bare == text and self._secrets is self.redactor.exact:
            if found == text:
                self._remember(nothing, text)
            elif len(text) < _LONG:
                mapped[text] = found
                self._weight += _OWN + 2 * len(text)
        return found

    def words(self, words: list[str]) -> list[str]:
        """Return the words of a command line cleaned."""
        return [self.roots.map(word) for word in redaction_command.cleaned(self.redactor, words)]

    def bytes(self, data: bytes) -> bytes:
        """Return *data* without secrets, its paths as roots."""
        try:
            return self.text(data.decode()).encode()
        except UnicodeDecodeError:
            return self.text(data.decode("latin-1")).encode("latin-1", "replace")

    def environment(self, name: str, value: str) -> Any:
        """Return what is stored of a variable: of a secret one, the shape of its stand-in."""
        if self.redactor.is_secret(name, value):
            return self.redactor.stored(name, value)
        return self.tree(codec.encode(value))

    # -- trees -----------------------------------------------------------------------------

    def tree(self, node: Any) -> Any:
        """Return data of the codec cleaned; the same object if there is nothing to clean."""
        nothing = self._remembered()
        texts: list[str] = []
        if not self._gather(node, texts, nothing) and (
            not texts or self._is_clean("\n".join(texts))
        ):
            for text in texts:
                self._remember(nothing, text)
            return node
        return self._clean(node)

    def _remembered(self) -> set[str]:
        """Return the texts that hold nothing to clean, as far as is known by now.

        With every new secret all is forgotten; what another strand still adds is then lost.
        """
        secrets = self.redactor.exact
        if self._secrets is not secrets or self._weight > _MAX_REMEMBERED:
            self._nothing = set()
            self._mapped = {}
            self._weight = 0
            self._secrets = secrets
        return self._nothing

    def _remember(self, nothing: set[str], text: str) -> None:
        """A flag is not remembered: what it says of the next word shows only beside that."""
        if not text.startswith(_FLAG):
            nothing.add(text)
            self._weight += _OWN + len(text)

    def _is_clean(self, text: str) -> bool:
        return not (self.redactor.hit(text) or self.roots.hit(text))

    def _is_clean_long(self, text: str) -> bool:
        """Whether a long text holds nothing to clean; remembered."""
        nothing = self._remembered()
        if text in nothing:
            return True
        if not self._is_clean(text):
            return False
        self._remember(nothing, text)
        return True

    def _gather(self, node: Any, texts: list[str], nothing: set[str]) -> bool:  # noqa: C901, PLR0911, PLR0912 - hot
        """Collect the texts in *node* that are not known to hold *nothing* to clean.

        Returns True at the first that asks for a closer look.
        """
        kind = type(node)
        if kind is str:
            if node in nothing:
                return False
            if node.startswith(_FLAG):
                texts += (node, "value")  # of which the next word may be known by itself
            elif len(node) < _LONG:
                texts.append(node)
            else:
                return not self._is_clean_long(node)
        elif kind is dict:
            judge = self.redactor.kind
            if "$" in node:
                if node["$"] in _BYTES:
                    return True
                if node["$"] in _OPAQUE:
                    return False
            if "value" in node and redaction_structures.paired(self.redactor, node):
                return True
            for key, member in node.items():
                if judge(key) != NO and member:
                    return True
                if key not in nothing:
                    texts.append(key)
                if self._gather(member, texts, nothing):
                    return True
        elif kind is list:
            if len(node) == 2 and (name := _name(node[0])) and self.redactor.kind(name) != NO:  # noqa: PLR2004
                return True
            for member in node:
                if self._gather(member, texts, nothing):
                    return True
        elif kind is int:
            return node in self.redactor.numbers
        return False

    def _clean(self, node: Any) -> Any:  # noqa: PLR0911 - one for each kind
        kind = type(node)
        if kind is str:
            if len(node) >= _LONG and self._is_clean_long(node):
                return node
            return self.text(node)
        if kind is list:
            if len(node) == 2 and (name := _name(node[0])) and self._pair(name, node[1]):  # noqa: PLR2004
                return [node[0], self._member(name, node[1])]
            if any(type(word) is str and word.startswith("--") for word in node):
                return self._command(node)
            return [self._clean(member) for member in node]
        if kind is dict:
            if "$" in node:
                return self._tagged(node, None)
            if "value" in node and (name := redaction_structures.paired(self.redactor, node)):
                take = (
                    self.redactor.secret if self.redactor.kind(name) == NO else self.redactor.named
                )
                node = {**node, "value": take(name, node["value"])}
            return {self.text(key): self._member(key, value) for key, value in node.items()}
        if kind is int:
            return self.redactor.numbers.get(node, node)
        return node

    def _command(self, node: list[Any]) -> list[Any]:
        """Clean a list that may be a command line."""
        if all(type(word) is str for word in node):
            return self.words(node)
        return [self._clean(member) for member in node]

    def _pair(self, name: str, value: Any) -> bool:
        """Whether a list of two is a header, and not two words of which the first is `secret`."""
        kind = self.redactor.kind(name)
        text = _name(value)
        if kind != STRONG or text is None:
            return kind != NO
        return name.lower().endswith("authorization") or any(c.isdigit() for c in text)

    def _member(self, name: str, value: Any) -> Any:
        if self.redactor.kind(name) == NO:
            return self._clean(value)
        if type(value) is str:
            return self.roots.map(self.redactor.named(name, value))
        if type(value) is list and all(type(item) is str for item in value):
            return [self.roots.map(self.redactor.named(name, item)) for item in value]
        if type(value) is dict and "$" in value:
            return self._tagged(value, name)
        if type(value) is int and self.redactor.kind(name) == STRONG and abs(value) >= _PIN:
            return self.redactor.secret(name, str(value))
        return self._clean(value)

    def _tagged(self, node: dict[str, Any], name: str | None) -> Any:
        tag = node["$"]
        if tag in _OPAQUE:
            return node
        if tag in _BYTES:
            return self._coded(node, tag)
        if name is not None and tag in ("bt", "t"):
            return {"$": tag, "v": self._member(name, node["v"])}
        return {
            key: member if key in _LABELS else self._clean(member) for key, member in node.items()
        }

    def _coded(self, node: dict[str, Any], tag: str) -> Any:
        data = unbase64(node["v"])
        form = ("utf-8", "surrogatepass") if tag == "s" else ("latin-1", "strict")
        text = data.decode(*form)
        cleaned = self.text(text)
        if cleaned == text:
            return node
        return {"$": tag, "v": base64(cleaned.encode(*form))}

    # -- back ------------------------------------------------------------------------------

    def localize(self, node: Any) -> Any:
        """Return stored data with this machine's paths, and stand-ins for secret variables.

        What is served becomes known: stand-ins are redacted as the secrets were, and numbers of
        placeholders are not given out again.
        """
        kind = type(node)
        if kind is str:
            if "[r" not in node:
                return node
            if MARK in node:
                self.redactor.served(node)
            return self.roots.localize(node)
        if kind is list:
            return [self.localize(member) for member in node]
        if kind is dict:
            if "$" in node:
                return self._localized(node)
            return {self.localize(key): self.localize(member) for key, member in node.items()}
        return node

    def _localized(self, node: dict[str, Any]) -> Any:
        tag = node["$"]
        if tag == "stand-in":
            return self.redactor.serve(node)[0]
        if tag in _OPAQUE:
            return node
        if tag in _BYTES:
            form = ("utf-8", "surrogatepass") if tag == "s" else ("latin-1", "strict")
            text = unbase64(node["v"]).decode(*form)
            if _ROOT not in text and MARK not in text:
                return node
            return {"$": tag, "v": base64(self.localize(text).encode(*form))}
        return {
            key: member if key in _LABELS else self.localize(member) for key, member in node.items()
        }


def _name(node: Any) -> str | None:
    """Return the text of a string or of tagged ASCII bytes."""
    if type(node) is str:
        return node
    if type(node) is dict and node.get("$") == "bt" and type(node.get("v")) is str:
        return str(node["v"])
    return None
