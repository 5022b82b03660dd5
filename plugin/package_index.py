# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the package index is, and what it offers for this Python.

No index address stands in SatSharp. It comes, in this order, from the SatSharp options, from the environment variable
``PIP_INDEX_URL``, from pip's configuration files, and from pip's own built-in default: so an institution's mirror that
is set up for pip is used here as well. Where pip is absent and nothing is set, the user is asked for an address or
for a wheel file.

The index is asked for its JSON description (PEP 691); an address with ``{name}`` in it may also point to the older
form with ``releases`` and ``urls``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from ..core.errors import DependencyError
from .interpreter import Interpreter
from .wheels import WheelFile, choose_wheels, package_names

ACCEPTED = "application/vnd.pypi.simple.v1+json, application/json;q=0.9, */*;q=0.1"
OFFLINE_REMEDY = "Or download a wheel of onnxruntime that ends in {tags}.whl elsewhere and install it from that file."


class Transfer(Protocol):
    """What is needed of the network; ``plugin.downloads`` is the real one, tests have their own."""

    def read_text(self, url: str, accept: str, is_cancelled: Callable[[], bool]) -> str:
        """Return a small text document."""

    def download(
        self,
        url: str,
        path: Path,
        maximum_bytes: int,
        progress: Callable[[float], None],
        is_cancelled: Callable[[], bool],
    ) -> None:
        """Store a file; it appears whole or not at all."""


def index_address(
    setting: str = "",
    environment: Mapping[str, str] = os.environ,
    pip_address: Callable[[], str] | None = None,
) -> str:
    """Return the address of the package index to use.

    Args:
        setting: the address in SatSharp's options, empty where the user gave none.
        environment: environment variables.
        pip_address: where pip would look; replaced in tests.

    Raises:
        DependencyError: nothing is configured and pip is not there to ask.
    """
    address = setting.strip() or environment.get("PIP_INDEX_URL", "").strip() or (pip_address or _pip_address)()
    if not address:
        raise DependencyError(
            "No package index is configured. Set its address in Settings > Options > SatSharp, "
            "or install ONNX Runtime from a wheel file."
        )
    if urlsplit(address).scheme not in ("https", "http"):
        raise DependencyError(
            f"The package index {address} is no web address. Set one in Settings > Options > SatSharp, "
            "or install ONNX Runtime from a wheel file."
        )
    return address


def package_address(index: str, package: str) -> str:
    """Return the address of one package's description (``{name}`` is replaced; else the name is appended)."""
    return index.replace("{name}", package) if "{name}" in index else f"{index.rstrip('/')}/{package}/"


def find_wheels(
    index: str,
    interpreter: Interpreter,
    nvidia: bool,
    transfer: Transfer,
    is_cancelled: Callable[[], bool],
) -> tuple[WheelFile, ...]:
    """Return the wheels of ONNX Runtime that fit, best first; the GPU build where an NVIDIA driver is installed.

    Raises:
        DependencyError: the index answers nothing usable, or has no fitting wheel.
        SatSharpError: the index cannot be reached.
    """
    for package in package_names(interpreter, nvidia):
        address = package_address(index, package)
        document = _parse(transfer.read_text(address, ACCEPTED, is_cancelled), address, interpreter)
        found = choose_wheels(document, package, interpreter)
        if found:
            return tuple(replace(wheel, url=urljoin(address, wheel.url)) for wheel in found)
    raise DependencyError(
        f"{_host(index)} has no onnxruntime for this Python (a file that ends in {interpreter}.whl). "
        "Use a QGIS with another Python version, or install a wheel file from elsewhere."
    )


def _parse(text: str, address: str, interpreter: Interpreter) -> dict[str, object]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise DependencyError(
            f"{_host(address)} does not describe its packages in JSON. Set another package index in "
            f"Settings > Options > SatSharp. {OFFLINE_REMEDY.format(tags=interpreter)}"
        )
    return document


def _host(address: str) -> str:
    # Not the whole address: it may hold a password.
    return f"The package index {urlsplit(address).hostname or address}"


def _pip_address() -> str:
    """Ask pip's own configuration and default; these are internals of pip, so any change there means: not known."""
    try:
        from pip._internal.configuration import Configuration
        from pip._internal.exceptions import PipError
        from pip._internal.models.index import PyPI

        configuration = Configuration(isolated=False)
        default = str(PyPI.simple_url)
    except (ImportError, AttributeError, TypeError):
        return ""
    for key in ("install.index-url", "global.index-url"):
        try:
            configuration.load()
            return str(configuration.get_value(key))
        except (PipError, AttributeError, TypeError):
            continue
    return default
