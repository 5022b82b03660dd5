# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of DESIGN.md and BRIEF that a machine can check, read from the source with ``ast``."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("core", "plugin", "processing_provider", "ui", "export_tools", "scripts", "tests")
LONGEST_FILE = 400
LARGEST_FILE = 500_000
LARGEST_MODEL = 10_000_000
RASTER_SUFFIXES = {
    ".tif",
    ".tiff",
    ".jp2",
    ".vrt",
    ".img",
    ".nc",
    ".hdf",
    ".h5",
    ".zarr",
    ".safe",
    ".zip",
    ".tar",
    ".gz",
}


def tracked_files() -> list[Path]:
    """Files that are committed or would be by ``git add``; all files where this is no checkout."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        skipped = {".git", ".venv", "build", "__pycache__"}
        return [path for path in ROOT.rglob("*") if path.is_file() and not skipped & {*path.relative_to(ROOT).parts}]
    return [path for path in (ROOT / name for name in listed if name) if path.is_file()]


FILES = tracked_files()
SOURCES = [path for path in FILES if path.suffix == ".py"]
SHIPPED = [path for path in SOURCES if path.relative_to(ROOT).parts[0] not in ("tests", "conftest.py")]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part_of(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0]
    return first if first in PARTS else "root"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything a file imports; own modules begin with ``satsharp``."""
    package = ["satsharp", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def offenders(paths: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{name_of(path)}:{line} imports {name}"
        for path in paths
        for line, name in imports_of(path)
        if any(name == root or name.startswith(f"{root}.") for root in forbidden)
    ]


def of_part(*parts: str) -> list[Path]:
    return [path for path in SOURCES if part_of(path) in parts]


def test_there_is_something_to_check():
    assert len(of_part("core")) > 20 and len(of_part("plugin")) > 3 and len(of_part("processing_provider")) > 3
    assert "osgeo.gdal" in {name for _, name in imports_of(ROOT / "core" / "raster.py")}
    assert "onnxruntime" in {name for _, name in imports_of(ROOT / "core" / "session.py")}
    assert "satsharp.core.errors.OutputError" in {name for _, name in imports_of(ROOT / "core" / "raster_writer.py")}


def test_core_knows_neither_qgis_nor_torch():
    assert offenders(of_part("core"), ("qgis", "PyQt5", "PyQt6", "torch", "scipy", "onnx", "processing")) == []


def test_core_needs_numpy_only():
    allowed = {"numpy", "osgeo", "onnxruntime", "satsharp", "__future__"}
    standard = getattr(sys, "stdlib_module_names", None)
    if standard is None:
        pytest.skip("this Python does not list its standard library")
    found = {name.split(".")[0] for path in of_part("core") for _, name in imports_of(path)}
    # Dask has one adapter, core/cluster.py.
    assert found - allowed - {*standard} <= {"dask", "distributed"}


def test_gdal_is_used_where_rasters_are_read_and_written():
    elsewhere = [
        path
        for path in of_part("core")
        if not (path.parent.name == "core" and path.name.startswith("raster")) and "products" not in path.parts
    ]
    assert offenders(elsewhere, ("osgeo", "gdal")) == []


def test_onnx_runtime_is_used_in_one_place():
    elsewhere = [path for path in of_part("core", "processing_provider", "ui", "root") if path.name != "session.py"]
    assert offenders(elsewhere, ("onnxruntime",)) == []


def test_torch_lives_in_export_tools():
    assert offenders(of_part("core", "plugin", "processing_provider", "ui", "root"), ("torch", "lightning")) == []


@pytest.mark.parametrize(
    ("part", "above"),
    [
        ("core", ("plugin", "processing_provider", "ui", "export_tools", "scripts", "tests")),
        ("plugin", ("processing_provider", "export_tools", "scripts", "tests")),
        ("processing_provider", ("ui", "export_tools", "scripts", "tests")),
        ("ui", ("processing_provider", "export_tools", "scripts", "tests")),
        ("export_tools", ("plugin", "processing_provider", "ui", "scripts", "tests")),
    ],
)
def test_imports_run_downwards(part, above):
    # The plugin's life cycle is what registers the provider and the dock.
    paths = [path for path in of_part(part) if name_of(path) != "plugin/main.py"]
    assert offenders(paths, tuple(f"satsharp.{name}" for name in above)) == []


def test_imports_inside_the_package_are_relative():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SHIPPED
        for node in ast.walk(tree_of(path))
        if (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and (node.module or "").split(".")[0] in ("satsharp", *PARTS)
        )
        or (
            isinstance(node, ast.Import)
            and any(alias.name.split(".")[0] in ("satsharp", *PARTS) for alias in node.names)
        )
    ]
    assert found == []


def test_no_assert_and_no_bare_except_in_shipped_code():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SHIPPED
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assert) or (isinstance(node, ast.ExceptHandler) and node.type is None)
    ]
    assert found == []


def test_no_error_is_swallowed_by_pass():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SHIPPED
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
    ]
    assert found == []


def test_only_command_lines_print():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SHIPPED
        if part_of(path) not in ("export_tools", "scripts")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "eval", "exec")
    ]
    assert found == []


def test_files_are_short():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SHIPPED}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short():
    found = {
        f"{name_of(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in SHIPPED
        for node in ast.walk(tree_of(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno - node.lineno + 1 > 60
    }
    assert found == {}


def test_no_drawer_for_odds_and_ends():
    stems = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
    assert [name_of(path) for path in SOURCES if path.stem in stems] == []


def test_every_source_states_its_licence():
    first = "# SPDX-License-Identifier: GPL-2.0-or-later"
    without = [path for path in SOURCES if path.read_text(encoding="utf-8").split("\n", 1)[0] != first]
    assert [name_of(path) for path in without] == []


def test_annotations_are_strings_on_python_3_9():
    without = [
        path
        for path in SHIPPED
        if "__future__.annotations" not in {name for _, name in imports_of(path)} and tree_of(path).body[1:]
    ]
    assert [name_of(path) for path in without] == []


def test_language_of_python_3_9():
    for path in SHIPPED:
        ast.parse(path.read_text(encoding="utf-8"), name_of(path), feature_version=(3, 9))
    later = [
        f"{name_of(path)}:{node.lineno}"
        for path in SHIPPED
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and any(
            (node.func.id, keyword.arg) in (("zip", "strict"), ("dataclass", "slots"), ("dataclass", "kw_only"))
            for keyword in node.keywords
        )
    ]
    assert later == []


def test_no_host_of_a_package_registry_is_named():
    # Put together here, so that this file does not name them either.
    hosts = [
        ".".join(parts).encode() for parts in (("pypi", "org"), ("python" + "hosted", "org"), ("ana" + "conda", "org"))
    ]
    found = [f"{name_of(path)}: {host.decode()}" for path in FILES for host in hosts if host in path.read_bytes()]
    assert found == []


def test_no_raster_is_committed():
    assert [name_of(path) for path in FILES if path.suffix.lower() in RASTER_SUFFIXES] == []


def test_no_large_file_is_committed():
    limits = {".onnx": LARGEST_MODEL}
    sizes = {name_of(path): (path.stat().st_size, limits.get(path.suffix, LARGEST_FILE)) for path in FILES}
    assert {name: size for name, (size, limit) in sizes.items() if size > limit} == {}


def test_no_digest_stands_in_json():
    """The scanner of plugins.qgis.org takes 64 hexadecimal digits in JSON for a secret."""
    digits = set("0123456789abcdef")
    found = []
    for path in (path for path in FILES if path.suffix in (".json", ".yaml", ".yml", ".toml", ".ini")):
        words = path.read_text(encoding="utf-8").replace('"', " ").replace("'", " ").replace(",", " ").split()
        found += [name_of(path) for word in words if len(word) >= 40 and set(word.lower()) <= digits]
    assert found == []
