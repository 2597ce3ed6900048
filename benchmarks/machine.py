"""Names the machine that the figures hold for."""

from __future__ import annotations

import os
import platform


def describe() -> dict[str, object]:
    """Return processor, cores, memory, Python, kernel and how busy it is."""
    return {
        "cpu": _field("/proc/cpuinfo", "model name") or platform.processor() or "unknown",
        "cores": os.cpu_count(),
        "memory_mb": int(_field("/proc/meminfo", "MemTotal").partition(" ")[0] or 0) // 1024,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "kernel": f"{platform.system()} {platform.release()}",
        "load": load(),
    }


def load() -> str:
    """Return the load average of the last 1, 5 and 15 minutes."""
    return " ".join(f"{figure:.2f}" for figure in os.getloadavg())


def _field(path: str, name: str) -> str:
    """Return what a file of /proc says of *name*."""
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() == name:
                    return value.strip()
    except OSError:
        pass
    return ""
