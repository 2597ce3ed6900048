"""What looks like a secret: names of fields and variables, shapes of published credentials.

Data and small tests without a regular expression: `re` is imported only when a literal of a rule
occurs in a text.  Every pattern is anchored by its literal and bounded, so that none of them can
take more than linear time.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 2
"""Goes into the header as `redaction.rules`.

A replay scrubs by the rules that it has itself, and compares.  Where they are not the recording's,
a divergence may be due to that alone, and says so.
"""

RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "private-key",
        ("PRIVATE",),
        (
            r"-----BEGIN[ +%A-Z0-9]{0,40}PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----"
            r"(?:[A-Za-z0-9+/=\s\\:,.%]|-(?!-)){0,16000}"
            r"(?:-----END[ +%A-Z0-9]{0,40}PRIVATE(?: |\+|%20)KEY(?:(?: |\+|%20)BLOCK)?-----)?"
        ),
    ),
    ("anthropic", ("sk-ant-",), r"\bsk-ant-[a-z0-9]{3,8}-[\w-]{40,250}"),
    ("openai", ("sk-",), r"\bsk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{32,250}"),
    ("aws", ("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ("github", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{36,250}"),
    ("github", ("github_pat_",), r"\bgithub_pat_\w{60,250}"),
    ("gitlab", ("glpat-",), r"\bglpat-[\w-]{20,50}"),
    ("slack", ("xox",), r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    ("slack", ("hooks.slack.com",), r"hooks\.slack\.com/services/[A-Za-z0-9/+]{24,80}"),
    ("stripe", ("k_live_", "k_test_", "k_prod_"), r"\b[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,99}"),
    ("google", ("AIza",), r"\bAIza[\w-]{35}"),
    ("huggingface", ("hf_",), r"\bhf_[A-Za-z0-9]{30,60}"),
    ("npm", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}"),
    ("pypi", ("pypi-AgE",), r"\bpypi-AgEIcHlwaS5vcmc[\w-]{50,250}"),
    (
        "jwt",
        ("eyJ",),
        r"\beyJ[A-Za-z0-9_-]{14,2000}\.eyJ[A-Za-z0-9_-]{14,4000}\.[A-Za-z0-9_-]{10,1000}",
    ),
    ("login", ("://",), r"(?<=://)[^\s/:@\"'<>\\]{0,100}:[^\s/@\"'<>\\]{1,200}(?=@)"),
    (
        "authorization",
        ("earer ", "asic "),
        r"(?i)(?<=\bbearer )[A-Za-z0-9._~+/=-]{16,4000}|(?<=\bbasic )[A-Za-z0-9+/=]{16,4000}",
    ),
)
"""Name, literals of which one must occur, pattern of the secret itself."""


def _gates() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Group the literals behind one rare character each: looking for one is twenty times faster."""
    literals = [literal for _, each, _ in RULES for literal in each]
    groups: dict[str, list[str]] = {"@": ["://"]}
    for literal in literals:
        if literal == "://" or ("sk-" in literal and literal != "sk-"):
            continue  # a login has its "@"; "sk-" finds the longer ones
        if literal.endswith("_"):
            continue
        gate = "-" if literal == "xox" else next((c for c in "JKVzI-." if c in literal), "")
        groups.setdefault(gate, []).append(literal)
    return tuple((gate, tuple(each)) for gate, each in groups.items())


GATES = _gates()
"""What `Redactor.hit` looks for: a character, and the literals that need it."""

_UNDERSCORED = tuple(literal for _, each, _ in RULES for literal in each if literal.endswith("_"))
_BEFORE = tuple(sorted({literal[:-1].rpartition("_")[2] for literal in _UNDERSCORED}))


def underscored(text: str) -> bool:
    """Whether a literal that ends in an underscore occurs: one pass, for there are many."""
    if "_" not in text:
        return False
    parts = text.split("_")
    del parts[-1]
    for part in parts:
        if part.endswith(_BEFORE):
            return any(literal in text for literal in _UNDERSCORED)
    return False


QUERY = r"([?&;])([\w.\-]{1,64})=([^&#\s\"'<>\\]{1,4000})"

PREFIXES = (
    "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "sk-ant-api03-", "sk-ant-admin01-",
    "sk-ant-oat01-", "sk-ant-", "sk-lf-", "pk-lf-", "sk-", "AKIA", "ASIA", "ghp_", "gho_", "ghu_",
    "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xapp-", "sk_live_",
    "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_", "AIza", "hf_", "npm_",
    "pypi-AgEIcHlwaS5vcmc", "gsk_", "xai-", "r8_", "tvly-", "pplx-", "lsv2_pt_", "lsv2_sk_",
    "fw_", "nvapi-", "jina_", "pcsk_", "e2b_", "dop_v1_", "whsec_", "eyJ",
)  # fmt: skip
"""Published beginnings of credentials, which a stand-in keeps: programs test for them."""

_STRONG = (
    "authorization", "password", "passwd", "passphrase", "secret", "apikey", "accesskey",
    "secretkey", "privatekey", "signingkey", "encryptionkey", "subscriptionkey", "accesstoken",
    "refreshtoken", "idtoken", "authtoken", "csrftoken", "xsrftoken", "sessiontoken",
    "bearertoken", "securitytoken", "clientassertion", "phpsessid", "connectsid",
)  # fmt: skip
_WEAK = ("token", "credential", "credentials", "pwd", "googapikey", "auth")
_COOKIES = frozenset({"cookie", "setcookie"})
_QUERY_ONLY = frozenset(
    {"key", "sig", "signature", "xamzsignature", "xgoogsignature", "awsaccesskeyid",
     "xamzcredential", "xgoogcredential"}
)  # fmt: skip
_NEVER = frozenset(
    {"max", "min", "page", "next", "prev", "previous", "continuation", "prompt", "completion",
     "sync", "start", "stop", "eos", "bos", "pad", "unk", "sep", "cls", "mask", "special", "num",
     "total", "input", "output", "cached", "reasoning", "delta", "resume", "cursor", "count",
     "nextpage", "nexttoken", "pagetoken", "progress"}
)  # fmt: skip
_ENV = frozenset(
    {"key", "apikey", "token", "secret", "password", "passwd", "pass", "pwd", "credential",
     "credentials", "auth", "cookie", "passphrase", "pat", "dsn"}
)  # fmt: skip
_NOT_ENV = frozenset({"pwd", "oldpwd", "ssh_auth_sock", "xauthority", "gpg_key"})
_PLACES = (
    "/home/",
    "/Users/",
    "/etc/",
    "/var/",
    "/run/",
    "/opt/",
    "/usr/",
    "/root/",
    "~/",
    "/mnt/",
)
_TMP = "/tmp/"  # noqa: S108 - compared with, not written to

NOTHING = frozenset(
    ("none", "null", "true", "false", "string", "required", "optional", "password", "secret",
     "redacted", "hidden", "undefined", "integer", "boolean", "unknown", "missing", "invalid",
     "incorrect", "please", "expired", "disabled", "enabled", "changed", "default", "number",
     "object", "secretstr", "private", "public", "correct", "accepted", "rejected")
)  # fmt: skip
"""What stands for a secret, or speaks of it, and is none."""

_LONGEST_NAME = 64
_SHORTEST = 8
_SHORTEST_PASSWORD = 6
_RANDOM = (12, 8192)

NO, STRONG, WEAK, COOKIE = range(4)


def kind_of_name(name: str, *, query: bool = False) -> int:
    """Judge the name of a header, field or query member.

    `STRONG`: its value is a secret; `WEAK`: it is if it looks like one; `COOKIE`: its pairs are.
    """
    if len(name) > _LONGEST_NAME:
        return NO
    words = _words(name)
    plain = words.replace("_", "")
    if plain in _COOKIES:
        return COOKIE
    if query and plain in _QUERY_ONLY:
        return STRONG
    parts = words.split("_")
    if plain in _NEVER or any(part in _NEVER for part in parts):
        return NO
    if plain.endswith(_STRONG):
        return STRONG
    return WEAK if parts[-1] in _WEAK else NO


def _words(name: str) -> str:
    """Return the words of a name, `accessToken` or `Access-Token`, as `access_token`."""
    if name.islower() or name.isupper():
        spaced = name
    else:
        spaced = "".join(
            f"_{char}" if char.isupper() and before.islower() else char
            for before, char in zip(f" {name}", name, strict=False)
        )
    return spaced.lower().replace("-", "_").replace(".", "_")


def looks_random(value: str) -> bool:
    """Whether *value* looks like a credential and not like a word: long, letters and digits."""
    if not _RANDOM[0] <= len(value) <= _RANDOM[1]:
        return False
    digits = letters = 0
    for char in value:
        if char.isspace() or not char.isprintable() or char in "()[]{}<>$":
            return False
        digits += char.isdigit()
        letters += char.isalpha()
    return digits > 1 and letters > 1


def secret_variable(name: str, value: str) -> bool:
    """Whether the environment variable's whole value is a secret."""
    lower = name.lower()
    password = lower.endswith(("password", "passwd", "_pass", "passphrase"))
    if len(value) < (_SHORTEST_PASSWORD if password else _SHORTEST) or lower in _NOT_ENV:
        return False
    if (value.isdigit() and not password) or "://" in value:
        return False
    if value.startswith((*_PLACES, _TMP)) or value.lower() in ("disabled", "required", "optional"):
        return False
    parts = lower.split("_")
    if any(part in _ENV for part in parts[-2:]) or parts[0] in ("secret", "token", "password"):
        return True
    return lower.endswith(("apikey", "token", "secret", "password", "secretkey", "accesskey"))


def template(value: str) -> bool:
    """Whether *value* only stands for a secret: `${KEY}`, `<password>`, `***`, `string`."""
    if value.lower() in NOTHING or len(set(value)) == 1:
        return True
    framed = value[0] in "$<{%" and value[-1] in "}>%" + value[0]
    return framed or value.startswith(("$", "os."))


def login_in(value: str) -> tuple[int, int] | None:
    """Return where the password of a URL's login stands in *value* (a DSN in the environment)."""
    scheme = value.find("://")
    if scheme < 0:
        return None
    end = value.find("/", scheme + 3)
    at = value.rfind("@", scheme + 3, end if end >= 0 else len(value))
    colon = value.find(":", scheme + 3)
    if at < 0 or not scheme < colon < at - 3:
        return None
    return colon + 1, at


_compiled: dict[str, Any] = {}


def compiled(pattern: str) -> Any:
    """Return *pattern* compiled; imports `re` at the first."""
    found = _compiled.get(pattern)
    if found is None:
        import re

        found = _compiled[pattern] = re.compile(pattern)
    return found
