# SPDX-License-Identifier: GPL-2.0-or-later
"""Made-up wheels, and a network made of a folder."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

from satsharp.core.errors import CancelledError
from satsharp.plugin.interpreter import Interpreter, this_interpreter

LINUX = Interpreter((3, 11), "cp311", "linux", "x86_64", (2, 36))
OLD_LINUX = Interpreter((3, 9), "cp39", "linux", "x86_64", (2, 17))
WINDOWS = Interpreter((3, 12), "cp312", "win", "amd64")
MAC_ARM = Interpreter((3, 11), "cp311", "macosx", "arm64", (14, 2))
MAC_INTEL = Interpreter((3, 11), "cp311", "macosx", "x86_64", (12, 0))
MODULE = (
    "__version__ = {version!r}\n"
    "def get_available_providers():\n"
    "    return ['CPUExecutionProvider']\n"
)  # fmt: skip


def own_tag() -> str:
    """Return the tags of a wheel for the Python that runs the tests."""
    here = this_interpreter()
    system = {"linux": "linux", "macosx": "macosx_10_0", "win": "win"}[here.system]
    return f"cp{here.version[0]}{here.version[1]}-{here.abi}-{system}_{here.machine}"


def make_wheel(
    folder: Path,
    version: str = "9.9.1",
    tag: str = "",
    requires: str = "numpy>=1.20",
    extra: dict[str, str] | None = None,
    module: str = MODULE,
) -> Path:
    """Write a tiny wheel of a made-up onnxruntime."""
    path = folder / f"onnxruntime-{version}-{tag or own_tag()}.whl"
    info = f"onnxruntime-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("onnxruntime/__init__.py", module.format(version=version))
        archive.writestr("onnxruntime/capi/data.txt", "x" * 1000)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: onnxruntime\nRequires-Dist: {requires}\n")
        for name, text in (extra or {}).items():
            archive.writestr(name, text)
    return path


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def index_entry(path: Path, **changes: object) -> dict[str, object]:
    """Describe a wheel as a PEP 691 index does, with a relative address."""
    entry = {
        "filename": path.name,
        "url": f"../../files/{path.name}",
        "hashes": {"sha256": digest_of(path)},
        "size": path.stat().st_size,
        "requires-python": ">=3.8",
        "yanked": False,
    }
    return {**entry, **changes}


class FolderTransfer:
    """A network made of a folder: records what was asked for, serves files by name."""

    def __init__(self, folder: Path, documents: dict[str, object]) -> None:
        self.folder, self.documents, self.asked = folder, documents, []

    def read_text(self, url, accept, is_cancelled):
        self.asked.append(url)
        return json.dumps(self.documents[url]) if url in self.documents else "<html>no JSON here</html>"

    def download(self, url, path, maximum_bytes, progress, is_cancelled):
        self.asked.append(url)
        if is_cancelled():
            raise CancelledError("The download was cancelled.")
        shutil.copyfile(self.folder / url.rsplit("/", 1)[1], path)
        progress(1.0)


def listing(*names: str, **changes: object) -> list[dict[str, object]]:
    return [{"filename": name, "url": f"/f/{name}", "digests": {"sha256": "0" * 64}, **changes} for name in names]
