"""Models and indexes in the process: numbers that another CPU would give differently.

Captures      transformers' `generate`; `encode` of sentence-transformers; embeddings of fastembed;
              calls of llama_cpp's `Llama`; searches of FAISS and hnswlib; `torch.seed`
Records       the class, its arguments (arrays and tensors by type, shape and digest), the answer,
              and where torch's generator stands after it; what is added to an index by digest
Serves        the recorded answers: arrays as arrays, tensors as tensors on the CPU; no model runs
Reaches       by name, in subclasses too
Out of reach  a model that is called by itself (`model(**inputs)`), pipelines but for `generate` in
              them, what its weights are, code of the program's that a model calls; `streamer=` and
              `D=`, `I=` (named); answers of types that the codec does not know
"""

from __future__ import annotations

import sys

from agentrr_hooks import model_values
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

METHODS = (
    ("transformers.generation.utils", "GenerationMixin", ("generate",)),
    ("sentence_transformers", "SentenceTransformer", ("encode",)),
    ("sentence_transformers", "CrossEncoder", ("predict",)),
    ("fastembed", "TextEmbedding", ("embed", "query_embed", "passage_embed")),
    ("fastembed", "SparseTextEmbedding", ("embed", "query_embed")),
    ("llama_cpp", "Llama", ("create_completion", "create_chat_completion", "create_embedding")),
    ("hnswlib", "Index", ("knn_query",)),
    ("hnswlib", "BFIndex", ("knn_query",)),
)
"""Module, class, and its methods whose answers are recorded."""
SEARCHES = ("search", "range_search", "search_and_reconstruct")
"""Those of every index of FAISS."""
ADDING = ("add", "add_with_ids", "add_items", "train", "remove_ids")
"""What changes an index: it is done in a replay too, and must be the same."""
INDEXES = (("hnswlib", "Index"), ("hnswlib", "BFIndex"))
_BY_REFERENCE = ("streamer", "D", "I", "R")
"""Arguments into which the call writes."""
_END = ["end"]


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route these calls through *boundary*."""
    for module, name, methods in METHODS:
        for method in methods:
            call = f"{module.partition('.')[0]}.{method}"
            patch.replace(module, f"{name}.{method}", partial(_asked, call, boundary))
    for module, name in INDEXES:
        _mark(patch, boundary, module, name)
    patch.on_import("faiss", lambda module: _faiss(patch, boundary, module))
    patch.replace("torch.random", "seed", lambda real: _seed(real, boundary))


def _faiss(patch: Patcher, boundary: Boundary, module: Any) -> None:
    """Its classes have the methods each for itself."""
    bases = tuple(getattr(module, name) for name in ("Index", "IndexBinary"))
    for name, kind in [*vars(module).items()]:
        if not isinstance(kind, type) or not issubclass(kind, bases) or kind.__name__ != name:
            continue
        for method in SEARCHES:
            if method in vars(kind):
                made = partial(_asked, f"faiss.{method}", boundary)
                patch.replace("faiss", f"{name}.{method}", made)
        _mark(patch, boundary, "faiss", name, vars(kind))


def _mark(patch: Patcher, boundary: Boundary, module: str, name: str, own: Any = ADDING) -> None:
    for method in ADDING:
        if method in own:
            made = partial(_marked, f"{module}.{method}", boundary)
            patch.replace(module, f"{name}.{method}", made)


def _request(model: Any, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {"model": type(model).__name__}
    if args:
        request["args"] = [model_values.described(value) for value in args]
    if named:
        request["named"] = model_values.described(named)
    return request


def _listed(value: Any) -> Any:
    return [*value] if hasattr(value, "__next__") else value


def _asked(call: str, boundary: Boundary, real: Any) -> Any:
    current = boundary.lane

    def asked(self: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(self, *args, **named)
        if any(named.get(name) is not None for name in _BY_REFERENCE):
            lane.uncaptured(call)
            return real(self, *args, **named)
        args = tuple(_listed(value) for value in args)  # else a replay would not consume them
        named = {name: _listed(value) for name, value in named.items()}
        found: list[Any] = []
        answer, after = lane.cross(
            call,
            partial(_live, found, partial(real, self, *args, **named)),
            request=_request(self, args, named),
        )
        if not found and after is not None:
            model_values.set_state(after)
        if answer == ["iterator"]:
            return _pieces(call, lane, found[0] if found else None, current)
        return found[0] if found else model_values.restored(answer)

    return like(asked, real)


def _live(found: list[Any], live: Callable[[], Any]) -> list[Any]:
    """Ask; put the answer into *found*, return it for the recording."""
    before = model_values.state()
    found.append(live())
    if hasattr(found[0], "__next__"):
        return [["iterator"], None]
    answer, after = model_values.answer_of(found[0]), model_values.state()
    drew = after is not None and (before is None or before.tobytes() != after.tobytes())
    return [answer, after if drew else None]


def _pieces(
    call: str, lane: Lane, live: Iterator[Any] | None, current: Callable[[], Lane | None]
) -> Iterator[Any]:
    """Go through an answer that comes in pieces, each of which is a crossing."""
    while True:
        found: list[Any] = []

        def one(found: list[Any] = found) -> list[Any]:
            for piece in live or ():
                found.append(piece)
                return model_values.answer_of(piece)
            return _END

        answer = (current() or lane).cross(f"{call}.next", one)
        if answer == _END:
            return
        yield found[0] if found else model_values.restored(answer)


def _marked(call: str, boundary: Boundary, real: Any) -> Any:
    current = boundary.lane

    def changed(self: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is not None and not lane.inside:
            lane.mark(call, _request(self, args, named))
        return real(self, *args, **named)

    return like(changed, real)


def _seed(real: Callable[[], int], boundary: Boundary) -> Any:
    current = boundary.lane

    def seed() -> int:
        lane = current()
        if lane is None or lane.inside:
            return real()
        live: list[int] = []

        def ask() -> int:
            live.append(int(real()))
            return live[0]

        number = lane.cross("torch.seed", ask)
        if not live:
            sys.modules["torch"].random.default_generator.manual_seed(number)
        return number

    return like(seed, real)
