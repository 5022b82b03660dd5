# SPDX-License-Identifier: GPL-2.0-or-later
"""Which wheel of a package index fits this Python and platform: pure functions on file names and records.

File names and tags follow the binary distribution format (PEP 427), platform tags PEP 600 (manylinux: glibc version)
and PEP 425; the index description is either the simple JSON form (PEP 691, key ``files``) or the older form with
``releases`` and ``urls``. Version specifiers are the subset of PEP 440 that package metadata uses in practice.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .interpreter import Interpreter

Version = tuple[int, ...]

# Names of manylinux tags from before PEP 600, as glibc versions.
_LEGACY_MANYLINUX = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_COMPARISONS: dict[str, Callable[[Version, Version], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class WheelName:
    """The parts of a wheel's file name."""

    distribution: str
    version: str
    pythons: tuple[str, ...]
    abis: tuple[str, ...]
    platforms: tuple[str, ...]


@dataclass(frozen=True)
class WheelFile:
    """One downloadable wheel as a package index describes it (size in bytes, 0 where unknown)."""

    filename: str
    url: str
    sha256: str
    size: int
    requires_python: str
    yanked: bool


def package_names(interpreter: Interpreter, nvidia: bool) -> tuple[str, ...]:
    """Return the packages to look for, in order: the GPU build where a driver is found and such a build exists."""
    gpu = nvidia and interpreter.system in ("linux", "win")
    return ("onnxruntime-gpu", "onnxruntime") if gpu else ("onnxruntime",)


def parse_wheel_name(filename: str) -> WheelName | None:
    """Split a wheel's file name, or return None where it is none."""
    match = re.fullmatch(r"([A-Za-z0-9_.]+)-([A-Za-z0-9_.!+]+)(?:-\d\w*)?-([\w.]+)-([\w.]+)-([\w.]+)\.whl", filename)
    if match is None:
        return None
    name, version, pythons, abis, platforms = match.groups()
    return WheelName(name, version, tuple(pythons.split(".")), tuple(abis.split(".")), tuple(platforms.split(".")))


def parse_version(text: str) -> Version | None:
    """Return the release numbers of a final version, or None for a pre-release, development version or other text."""
    match = re.fullmatch(r"v?(\d+(?:\.\d+)*)(?:\.post\d+)?(?:\+[\w.]+)?", text.strip())
    return tuple(int(part) for part in match.group(1).split(".")) if match else None


def satisfies(version: Version, specifier: str) -> bool:
    """Return whether a version meets a specifier such as ``>=1.21.6,<3`` (an empty one is always met)."""
    clauses = (clause.strip() for clause in specifier.strip(" ()").split(","))
    return all(_meets(version, clause) for clause in clauses if clause)


def fits(name: WheelName, interpreter: Interpreter) -> bool:
    """Return whether a wheel's tags fit an interpreter."""
    return _python_fits(name, interpreter) and any(_platform_fits(tag, interpreter) for tag in name.platforms)


def read_index(document: dict[str, Any]) -> tuple[WheelFile, ...]:
    """Return the files that an index's JSON description lists; incomplete entries are left out."""
    entries = list(document.get("files", [])) + list(document.get("urls", []))
    for files in dict(document.get("releases", {})).values():
        entries.extend(files)
    found = (_wheel_file(entry) for entry in entries if isinstance(entry, dict))
    return tuple(wheel for wheel in found if wheel is not None)


def choose_wheels(document: dict[str, Any], package: str, interpreter: Interpreter) -> tuple[WheelFile, ...]:
    """Return the wheels of a package that fit, newest first, one a version.

    Yanked files, pre-releases, files without a digest and files for another Python or platform are left out.
    """
    best: dict[Version, WheelFile] = {}
    for wheel in read_index(document):
        name = parse_wheel_name(wheel.filename)
        version = parse_version(name.version) if name else None
        if name is None or version is None or wheel.yanked or not wheel.sha256:
            continue
        same_package = re.sub(r"[-_.]+", "-", name.distribution).lower() == package
        if same_package and fits(name, interpreter) and satisfies(interpreter.version, wheel.requires_python):
            best.setdefault(version, wheel)
    return tuple(best[version] for version in sorted(best, reverse=True))


def numpy_requirement(metadata: str) -> str:
    """Return the version specifier for numpy in a wheel's METADATA, empty where there is none.

    Lines with an environment marker are left out: onnxruntime uses markers for extras only.
    """
    found = re.findall(r"^Requires-Dist:\s*numpy\b\s*\(?([^;\n)]*)\)?\s*$", metadata, re.MULTILINE | re.IGNORECASE)
    return ",".join(clause.strip() for clause in found if clause.strip())


def _meets(version: Version, clause: str) -> bool:
    match = re.fullmatch(r"(>=|<=|==|!=|~=|>|<)\s*(\d+(?:\.\d+)*)(\.\*)?(?:[a-z]+\d+)?", clause)
    if match is None:
        return False
    sign, number, wildcard = match.groups()
    wanted = tuple(int(part) for part in number.split("."))
    if sign == "~=":
        return version >= wanted and version[: len(wanted) - 1] == wanted[:-1]
    length = len(wanted) if wildcard else max(len(version), len(wanted))
    return _COMPARISONS[sign](_padded(version, length), _padded(wanted, length))


def _padded(version: Version, length: int) -> Version:
    return (version + (0,) * length)[:length]


def _python_fits(name: WheelName, interpreter: Interpreter) -> bool:
    own = f"cp{interpreter.version[0]}{interpreter.version[1]}"
    if interpreter.abi in name.abis:
        return own in name.pythons
    tags = (re.fullmatch(r"cp(\d)(\d+)", tag) for tag in name.pythons)
    older = any(match and (int(match[1]), int(match[2])) <= interpreter.version for match in tags)
    return "abi3" in name.abis and older and not interpreter.abi.endswith("t")


def _platform_fits(tag: str, interpreter: Interpreter) -> bool:
    if interpreter.system == "macosx":
        match = re.fullmatch(r"macosx_(\d+)_(\d+)_(\w+)", tag)
        if match is None or match[3] not in (interpreter.machine, "universal2"):
            return False
        return (int(match[1]), int(match[2])) <= interpreter.system_version
    if interpreter.system == "linux":
        return tag == f"linux_{interpreter.machine}" or _glibc_fits(tag, interpreter)
    return tag == f"{interpreter.system}_{interpreter.machine}"


def _glibc_fits(tag: str, interpreter: Interpreter) -> bool:
    family, _, rest = tag.partition("_")
    match = re.fullmatch(r"manylinux_(\d+)_(\d+)_(\w+)", tag)
    needed: Version | None = (int(match[1]), int(match[2])) if match else _LEGACY_MANYLINUX.get(family)
    machine = match[3] if match else rest
    return needed is not None and machine == interpreter.machine and needed <= interpreter.system_version


def _wheel_file(entry: dict[str, Any]) -> WheelFile | None:
    filename, url = str(entry.get("filename", "")), str(entry.get("url", ""))
    if not filename.endswith(".whl") or not url:
        return None
    hashes = entry.get("digests") or entry.get("hashes") or {}
    requires = entry.get("requires_python") or entry.get("requires-python") or ""
    size = int(entry.get("size") or 0)
    return WheelFile(filename, url, str(hashes.get("sha256", "")), size, str(requires), bool(entry.get("yanked")))
