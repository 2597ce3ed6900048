"""What is installed holds every package of the checkout: editable installs do not show a gap."""

from __future__ import annotations

import tomllib

from harness import ROOT


def test_every_package_is_installed() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = {
        ".".join(file.parent.relative_to(base).parts)
        for base, name in ((ROOT, "agentrr_sandbox"), (ROOT / "hooks", "agentrr_hooks"))
        for file in (base / name).rglob("*.py")
    }
    assert found == set(declared["tool"]["setuptools"]["packages"])
