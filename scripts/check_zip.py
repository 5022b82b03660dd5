# SPDX-License-Identifier: GPL-2.0-or-later
"""Check a plugin ZIP against the plugin site's rules for names, size and metadata: ``check_zip.py satsharp.zip``."""

from __future__ import annotations

import configparser
import re
import sys
import zipfile
from pathlib import Path

MAXIMUM_BYTES = 25_000_000
PACKAGE = "satsharp"
NEEDED_FILES = ("LICENSE", "metadata.txt", "__init__.py", "README.md")
NEEDED_KEYS = (
    "name description version qgisMinimumVersion author email about tracker repository homepage hasProcessingProvider"
)
FORBIDDEN = re.compile(
    r"""\.\.|\\|__pycache__|__MACOSX|/\.              # refused by the site: unsafe names, leftovers, hidden files
    |\.(pyc|so|dll|dylib|pyd|exe|sh|bat|whl|zip)$     # binaries and scripts
    |\.(tif|tiff|jp2|hdf|h5|nc|npz|SAFE)$             # satellite data
    |^satsharp/(tests|export_tools|scripts|docs|dev|conftest\.py|pyproject\.toml|requirements-dev\.txt)(/|$)""",
    re.VERBOSE | re.IGNORECASE,
)


def problems_of(path: Path) -> list[str]:
    """Return a sentence for everything that the plugin site or this project forbids; empty where all is well."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        text = archive.read(f"{PACKAGE}/metadata.txt").decode() if f"{PACKAGE}/metadata.txt" in names else ""
    found = [f"{name} must not be in the ZIP" for name in names if FORBIDDEN.search(name)]
    found += [f"{name} is outside of {PACKAGE}/" for name in names if not name.startswith(f"{PACKAGE}/")]
    found += [f"{PACKAGE}/{name} is missing" for name in NEEDED_FILES if f"{PACKAGE}/{name}" not in names]
    if path.stat().st_size > MAXIMUM_BYTES:
        found.append(f"{path.name} has {path.stat().st_size / 1e6:.1f} MB, more than {MAXIMUM_BYTES / 1e6:.0f} MB")
    return found + (_metadata_problems(text) if text else [])


def _metadata_problems(text: str) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    missing = [key for key in NEEDED_KEYS.split() if not parser.get("general", key, fallback="").strip()]
    found = [f"metadata.txt lacks {key}" for key in missing]
    if not re.fullmatch(r"\d+\.\d+\.\d+", parser.get("general", "version", fallback="")):
        found.append("metadata.txt: version must have the form 1.2.3")
    return found


def main(arguments: list[str]) -> int:
    """Print what is wrong, or the size; return 1 where something is wrong."""
    path = Path(arguments[0])
    problems = problems_of(path)
    for problem in problems:
        print(problem)
    if not problems:
        with zipfile.ZipFile(path) as archive:
            print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {len(archive.namelist())} entries")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
