# ruff: noqa: E501 - tables of cases
from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import json
import math
import os
import pathlib
import subprocess
import sys
import time
import uuid
import zoneinfo
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.recording import codec, codec_names
from agentrr_sandbox.recording.jsontext import dumps, loads

T = TypeVar("T")


class Colour(enum.Enum):
    RED = 1
    BLUE = "b"


class Permission(enum.Flag):
    READ = 1
    WRITE = 2


class Guarded(enum.Flag):
    READ = 1
    WRITE = 2

    @classmethod
    def _missing_(cls, value: object) -> Any:
        raise AssertionError("code of the user's")


class Level(enum.IntEnum):
    LOW = 1


class Point(NamedTuple):
    x: int
    y: object


Pair = collections.namedtuple("Pair", "a b")  # noqa: PYI024 # pyright: ignore[reportUntypedNamedTuple] - as users write it


@dataclasses.dataclass
class Record:
    x: int
    y: list[object]


@dataclasses.dataclass(slots=True, frozen=True)
class Slotted:
    x: int
    y: object


class Plain(Generic[T]):
    def __init__(self, **given: object) -> None:
        self.__dict__.update(given)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]


class Unset:
    __slots__ = ("a", "b")


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    a: int
    b: list[str] = []
    _secret: int = pydantic.PrivateAttr(default=3)


class SubInt(int):
    pass


class Reduces:
    def __reduce__(self) -> Any:
        raise AssertionError("code of the user's")


class Made:
    def __new__(cls) -> Made:  # noqa: PYI034
        return object.__new__(cls)


class Hostile(type):
    @property
    def __module__(cls) -> str:  # type: ignore[override] # that is the point
        raise AssertionError("code of the user's")


def there_and_back(value: object) -> Any:
    return codec.decode(loads(dumps(codec.encode(value))))


VALUES: list[Any] = [
    None, True, 0, 2**53, -(2**70), 10**5000, 0.1, -0.0, math.inf, -math.inf, "", "é\u2028",
    "\ud83d\ude00", "a\udc80", b"", b"text", b"\xff\x00", "é".encode(), bytearray(b"\xffx"), 1j, (),
    (1, (2, [3])), {1, "a"}, frozenset({(1, 2)}), {"$": 1}, {"a": {"$": "t", "v": []}}, {1: 2},
    {("a", 1): None}, {"\ud800": 1}, range(1, 9, 2), slice(1, None, 2), ..., NotImplemented,
    dt.datetime(2024, 2, 29, 1, 2, 3, 4, dt.UTC), dt.datetime(2020, 1, 1, fold=1),  # noqa: DTZ001
    dt.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")), dt.date(1, 1, 1),
    dt.time(1, 2, 3, 4), dt.timedelta(days=-1, microseconds=1),
    dt.timezone(dt.timedelta(hours=2), "X"), dt.timezone(dt.timedelta(hours=-2)), dt.UTC,
    decimal.Decimal("1.10"), decimal.Decimal("-Infinity"), fractions.Fraction(1, 3),
    uuid.UUID(int=5), pathlib.PurePosixPath("/a/b"), pathlib.Path("x"),
    pathlib.PureWindowsPath("c:/a"), Colour.RED, Colour.BLUE, Permission.READ, Level.LOW,
    Permission.READ | Permission.WRITE, Permission(0), Point(1, [2]), Pair(1, {2}),
    Record(1, [Record(2, [])]), Slotted(1, (2,)), Plain(a=1, b=[Plain()]), time.gmtime(0),
    os.stat("."), os.terminal_size((3, 4)), os.uname(), collections.OrderedDict([("b", 1), ("a", 2)]),
    collections.deque([1, 2], 3), collections.Counter("aab"),
    collections.defaultdict(list, {1: [2]}), collections.defaultdict(None, a=1), Model.model_validate({"a": 1, "b": ["x"], "c": {"d": 1}}), [[1], [1]], {"k": [1, {"a": 1.5}]},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=[str(n) for n in range(len(VALUES))])
def test_value_and_type_come_back(value: Any) -> None:
    found = there_and_back(value)
    assert type(found) is type(value)
    assert found == value
    if isinstance(value, dict | os.stat_result | time.struct_time):
        assert repr(found) == repr(value)
    if isinstance(value, dt.datetime):
        assert (found.fold, found.tzinfo) == (value.fold, value.tzinfo)


@pytest.mark.parametrize("value", [decimal.Decimal("sNaN"), math.nan])
def test_not_a_number(value: object) -> None:
    assert repr(there_and_back(value)) == repr(value)


def test_hidden_fields_of_a_struct_sequence() -> None:
    status = there_and_back(os.stat("."))
    assert status.st_mtime_ns == os.stat(".").st_mtime_ns
    local = time.strptime("2024-01-01 +0200", "%Y-%m-%d %z")
    assert there_and_back(local).tm_gmtoff == local.tm_gmtoff


def test_private_state_of_a_model() -> None:
    model = Model(a=1)
    model._secret = 9
    found = there_and_back(model)
    assert found._secret == 9
    assert found.model_fields_set == {"a"}
    assert there_and_back(Model.model_construct()) == Model.model_construct()


def test_a_slot_never_set() -> None:
    value = Unset()
    value.a = 1  # type: ignore[attr-defined]
    found = there_and_back(value)
    assert found.a == 1
    assert not hasattr(found, "b")


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(5),
        np.zeros((0, 3)),
        np.array(["ab", "c"]),
        np.array([""]),
        np.zeros(2, dtype=[("a", "i4"), ("b", "f8", (2,))]),
        np.array(["2024-01-01"], dtype="M8[D]"),
        np.array([1 + 2j]),
    ],
)
def test_arrays(array: Any) -> None:
    array.flags.writeable = False
    found = there_and_back(array)
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert (found == array).all()
    assert not found.flags.writeable
    assert found.flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.parametrize("value", [np.float32(1.5), np.int64(3), np.str_("x"), np.bool_(True)])
def test_numpy_scalars(value: Any) -> None:
    found = there_and_back(value)
    assert type(found) is type(value)
    assert found == value


def test_identity_is_kept() -> None:
    inner = [1]
    thing: Plain[int] = Plain()
    found = there_and_back({"a": inner, "b": (inner, [inner]), "c": [thing, thing], "d": [1]})
    assert found["a"] is found["b"][0] is found["b"][1][0]
    assert found["c"][0] is found["c"][1]
    assert found["d"] is not found["a"]
    moment = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    assert "ref" not in dumps(codec.encode([moment, moment, Colour.RED, Colour.RED, (1,), (1,)]))


def test_identity_can_be_left_out() -> None:
    inner = [1]
    assert codec.encode([inner, inner], identity=False) == [[1], [1]]
    assert codec.encode([inner, inner, ()], identity=False)[:2] == [[1], [1]]


def test_plain_json_is_itself_and_decoding_shares_nothing() -> None:
    value = {"a": [1, "x", None, 1.5, True]}
    assert codec.encode(value) is value
    found = codec.decode(value)
    assert found == value
    assert found is not value
    assert found["a"] is not value["a"]


def _cycle() -> object:
    value: list[object] = []
    value.append(value)
    return value


def _deep() -> object:
    value: object = ()
    for _ in range(200):
        value = (value,)
    return value


def _local() -> object:
    class Local:
        pass

    return Local()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (_cycle(), "contains itself"),
        (_deep(), "too deeply"),
        (_local(), "a class that its module does not name"),
        (lambda: 1, "function"),
        (object, "type"),
        (sys, "module"),
        (SubInt(3), "SubInt"),
        (Reduces(), "Reduces"),
        (Made(), "Made"),
        (memoryview(b""), "memoryview"),
        (iter([]), "iterator"),
        (np.array([object()]), "Python objects"),
        ([1, {"a": (b"", int)}], "type"),
    ],
    ids=[str(n) for n in range(13)],
)
def test_refused_by_name(value: object, says: str) -> None:
    with pytest.raises(Unencodable, match=says):
        codec.encode(value)


def test_a_metaclass_is_not_asked() -> None:
    kind = Hostile("kind", (), {})
    with pytest.raises(Unencodable):
        codec.encode(kind())


def test_a_subclass_of_a_plain_type_is_refused() -> None:
    for base in (dict, list, str, dt.datetime, collections.deque):
        kind = type("Sub", (base,), {"__module__": __name__})
        value = kind(2024, 1, 1) if base is dt.datetime else kind()
        with pytest.raises(Unencodable):
            codec.encode([value])


@pytest.mark.parametrize(
    "stored",
    [
        {"$": "no such"}, {"$": 1}, {"$": None}, {"$": []}, {"$": "t"}, {"$": "t", "v": 3},
        {"$": "t", "v": {}}, {"$": "ref", "n": 1}, {"$": "i", "v": "x"}, {"$": "i", "v": 3},
        {"$": "f", "v": "00"}, {"$": "b", "v": "?"}, {"$": "dt", "v": []}, {"$": "p", "k": "X", "v": ""},
        {"$": "en", "c": "os:path", "n": "x"}, {"$": "en", "c": f"{__name__}:Colour", "n": "GREEN"},
        {"$": "en", "c": f"{__name__}:Colour", "x": 99}, {"$": "en", "c": f"{__name__}:Permission", "x": "z"},
        {"$": "nt", "c": f"{__name__}:Point", "v": [1]}, {"$": "nt", "c": "builtins:tuple", "v": []},
        {"$": "ob", "c": "subprocess:Popen"}, {"$": "ob", "c": f"{__name__}:Made"},
        {"$": "ob", "c": f"{__name__}:Slotted", "s": {"z": 1}},
        {"$": "ob", "c": f"{__name__}:Record", "v": {"gone": 1}},
        {"$": "ob", "c": "builtins:int"}, {"$": "ob", "c": "a:b:c"}, {"$": "ob", "c": 3},
        {"$": "ob", "c": f"{__name__}:VALUES.x"},
        {"$": "pm", "c": f"{__name__}:Record", "v": {}, "e": None, "f": [], "p": None},
        {"$": "ss", "c": f"{__name__}:Point", "v": [], "d": {}}, {"$": "ss", "c": "os:stat_result", "v": [1], "d": {}},
        {"$": "np", "t": "<i8", "s": [10**9], "f": False, "w": True, "v": ""},
        {"$": "np", "t": "<i8", "s": [-1], "f": False, "w": True, "v": ""},
        {"$": "np", "t": "|O", "s": [0], "f": False, "w": True, "v": ""},
        {"$": "np", "t": "<U0", "s": [10**12], "f": False, "w": True, "v": ""},
        {"$": "ng", "t": "|O", "v": ""}, {"$": "zi", "v": "../../etc/passwd"},
        {"$": "pickle", "v": "", "m": ""}, {"$": "ex", "c": "builtins:int", "a": []},
        {"$": "ex", "c": "builtins:OSError", "a": [], "s": {"__class__": 1}},
        {"$": "httpx.url", "c": "os.system", "v": "x"}, {"$": "httpx.url", "c": 3, "v": "x"},
        {"$": "dec", "v": "x"}, {"$": "tz", "v": [1]},
    ],
    ids=dumps,
)  # fmt: skip
def test_bad_data_is_undecodable(stored: object) -> None:
    with pytest.raises(Undecodable):
        codec.decode([stored])


def test_too_deep_is_undecodable() -> None:
    stored: object = 1
    for _ in range(100_000):
        stored = [stored]
    with pytest.raises(Undecodable, match="deep"):
        codec.decode(stored)
    while isinstance(stored, list):  # taken apart by hand: freeing it is recursive as well
        stored = stored.pop()


def test_a_module_that_is_not_loaded_is_never_imported() -> None:
    with pytest.raises(Undecodable, match="has not imported"):
        codec.decode({"$": "ob", "c": "this:Zen"})
    assert "this" not in sys.modules


def test_a_library_that_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = codec.encode([np.arange(3), np.float32(1)])
    model = codec.encode(Model(a=1))
    monkeypatch.delitem(sys.modules, "numpy")
    for each in stored:
        with pytest.raises(Undecodable, match="numpy is not imported"):
            codec.decode(each)
    monkeypatch.delitem(sys.modules, "pydantic.main")
    with pytest.raises(Undecodable):
        codec.decode(model)


def test_a_class_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = codec.encode(Point(1, 2))
    monkeypatch.setattr(Point, "_fields", ("x",))
    with pytest.raises(Undecodable, match="other fields"):
        codec.decode(stored)


def test_register_an_adapter() -> None:
    codec.encode(())
    codec.register("test.subint", f"{__name__}.SubInt", lambda value: (int(value),), _subint)
    try:
        found = there_and_back([SubInt(7)])
        assert type(found[0]) is SubInt
        assert found == [7]
    finally:
        del codec.NAMED[f"{__name__}.SubInt"], codec.DECODERS["test.subint"]


def _subint(kind: Any, stored: tuple[int]) -> object:
    return kind(stored[0])


def test_missing_of_the_users_is_not_called() -> None:
    found = codec.decode({"$": "en", "c": f"{__name__}:Guarded", "x": 3})
    assert found.value == 3
    assert type(found) is Guarded


def test_look_up_goes_by_dict_only() -> None:
    assert codec_names.look_up("os:path.join.__globals__") is None
    assert codec_names.look_up(None) is None
    assert codec_names.look_up(f"{__name__}:Record") is Record


def test_a_module_is_asked_for_a_name_that_it_loads_late(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = type(sys)("made_up_library")
    asked: list[str] = []

    def late(name: str) -> Any:
        asked.append(name)
        if name != "LateError":
            raise AttributeError(name)
        return LateError

    module.__getattr__ = late
    monkeypatch.setitem(sys.modules, "made_up_library", module)
    assert codec_names.look_up("made_up_library:LateError") is LateError
    assert codec_names.look_up("made_up_library:Other") is None
    assert codec_names.look_up("made_up_library:not a name") is None
    assert asked == ["LateError", "Other"]


class LateError(Exception):
    """Of a library that loads it when it is first named."""


def test_the_codec_imports_nothing() -> None:
    program = (
        "import sys\n"
        "from agentrr_sandbox.recording import codec, redaction, roots, cleaning, once, bodies, raised\n"
        "codec.decode(codec.encode([(1,), b'x', {2: 3}, float('nan'), KeyError('x')]))\n"
        "bad = {'json', 're', 'typing', 'dataclasses', 'enum', 'collections', 'functools', 'hashlib',\n"
        "       'contextlib', 'inspect', 'traceback', 'logging', 'pathlib', 'threading', 'datetime',\n"
        "       'decimal', 'subprocess', 'struct', 'base64'} & set(sys.modules)\n"
        "assert not bad, bad\n"
    )
    root = pathlib.Path(__file__).parents[3]
    subprocess.run([sys.executable, "-S", "-c", program], check=True, env={"PYTHONPATH": str(root)})


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None, categories=None))
    | st.binary()
    | st.datetimes()
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.complex_numbers(allow_nan=False)
    | st.sampled_from([*Colour, *Permission, Level.LOW])
    | st.timedeltas()
    | st.fractions()
)
hashable = st.recursive(scalars, lambda inner: st.tuples(inner, inner), max_leaves=4)
trees: Any = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.just("$"), inner)
        | st.dictionaries(hashable, inner)
        | st.tuples(inner, inner)
        | st.builds(Point, st.integers(), inner)
        | st.builds(Record, st.integers(), st.lists(inner))
        | st.builds(Slotted, st.integers(), inner)
        | st.builds(lambda a: Plain(a=a), inner)
        | st.frozensets(hashable)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(trees)
def test_every_value_comes_back(value: object) -> None:
    first = dumps(codec.encode(value))
    found = codec.decode(loads(first))
    assert dumps(codec.encode(found)) == first
    assert repr(found) == repr(value) or "set" in first or '"fs"' in first or "Plain" in first


json_trees: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.just("builtins:dict"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("$vcnadstkmgxefp"), inner, max_size=4)
        | st.builds(
            lambda tag, rest: {"$": tag, **rest},
            st.sampled_from(
                ["t", "set", "d", "dt", "en", "nt", "ob", "pm", "np", "ex", "ss", "=", "ref", "p"]
            ),
            st.dictionaries(st.sampled_from("vcnadstkmgxefp"), inner, max_size=4),
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(json_trees)
def test_made_up_data_is_undecodable_or_a_value(stored: object) -> None:
    with contextlib.suppress(Undecodable):
        codec.decode(json.loads(json.dumps(stored)))
