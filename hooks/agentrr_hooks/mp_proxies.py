"""Proxies in the answers of a manager: a dictionary of its dictionaries.

A proxy that is unpickled asks the manager to keep what it stands for.  It is told so after the
message was received, by the program's own strand, so that a replay's proxy does it there too.
"""

from __future__ import annotations

import sys
from _thread import _local

from agentrr_hooks.mp_memory import ask
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

_MODULE = "multiprocessing.managers"
_DEPTH = 20
_receiving = _local()


def rebuilt(real: Any, boundary: Boundary) -> Any:
    """Stand in for `managers.RebuildProxy`, which unpickles one."""
    current = boundary.lane

    def RebuildProxy(func: Any, token: Any, serializer: Any, kwds: Any) -> Any:  # noqa: N802
        lane = current()
        if lane is not None and lane.inside and getattr(_receiving, "now", False):
            kwds = {**kwds, "incref": False}
        return real(func, token, serializer, kwds)

    return like(RebuildProxy, real)


def received(lane: Lane, live: Callable[[], Any], request: object) -> Any:
    """Return what a manager answered."""
    whole: list[Any] = []
    proxies: list[Any] = []

    def go() -> Any:
        _receiving.now = True
        try:
            whole.append(live())
        finally:
            _receiving.now = False
        value = _without(whole[0], proxies, 0)
        return [value if proxies else whole[0], [_described(each) for each in proxies]]

    value, described = ask(lane, "multiprocessing.recv", go, request)
    if not whole:
        proxies += [_made(each) for each in described]
        whole.append(_with(value, iter(proxies)) if proxies else value)
    for proxy in proxies:
        proxy._incref()
    return whole[0]


def _without(value: Any, found: list[Any], depth: int) -> Any:
    """Return *value* with a mark in place of each proxy; these are *found*."""
    kind, depth = type(value), depth + 1
    if depth > _DEPTH:
        return value
    if isinstance(value, sys.modules[_MODULE].BaseProxy):
        found.append(value)
        return {"$proxy": len(found)}
    if kind is list or kind is tuple:
        items = [_without(item, found, depth) for item in value]
        return items if kind is list else tuple(items)
    if kind is dict:
        return {key: _without(item, found, depth) for key, item in value.items()}
    return value


def _with(value: Any, proxies: Any) -> Any:
    kind = type(value)
    if kind is dict:
        if value.keys() == {"$proxy"}:
            return next(proxies, value)
        return {key: _with(item, proxies) for key, item in value.items()}
    if kind is list or kind is tuple:
        items = [_with(item, proxies) for item in value]
        return items if kind is list else tuple(items)
    return value


def _described(proxy: Any) -> list[Any]:
    token, kind = proxy._token, type(proxy)
    exposed = list(proxy._exposed_) if getattr(proxy, "_isauto", False) else None
    names = [kind.__module__, kind.__qualname__]
    return [names, exposed, token.typeid, token.address, token.id, proxy._serializer]


def _made(described: list[Any]) -> Any:
    (module, name), exposed, typeid, address, number, serializer = described
    managers = sys.modules[_MODULE]
    token = managers.Token(typeid, address, number)
    if exposed is not None:
        return managers.AutoProxy(token, serializer, exposed=tuple(exposed), incref=False)
    kind = getattr(sys.modules.get(module), name, None)
    if not isinstance(kind, type) or not issubclass(kind, managers.BaseProxy):
        raise TypeError(f"{module}.{name} is no kind of proxy")
    return kind(token, serializer, incref=False)
