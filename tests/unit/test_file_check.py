# SPDX-License-Identifier: GPL-2.0-or-later
"""A product whose files are not the ones that it lists is noticed before its pixels are trusted."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from satsharp.core.errors import CancelledError, ProductError
from satsharp.core.file_check import FileCheck, altered
from satsharp.core.products import open_scene
from satsharp.core.products.sentinel2_manifest import listed_files
from satsharp.core.scene import Scene
from satsharp.core.sensors import sensor_by_id
from satsharp.tests.unit.products_factory import Safe, make_safe, zip_folder

pytest.importorskip("osgeo.gdal")
SENSOR = sensor_by_id("sentinel2")


def entries(root: Path, name: str, kind: str) -> Iterator[str]:
    """Describe all images as a product does: in upper or lower case, attributes in any order."""
    for path in sorted(root.rglob("*.jp2")):
        digest = hashlib.new(name, path.read_bytes()).hexdigest()
        digest = digest.upper() if kind == "SHA3-256" else digest
        place = path.relative_to(root).as_posix()
        yield (
            f'<dataObject ID="I"><byteStream size="{path.stat().st_size}" mimeType="application/octet-stream">'
            f'<fileLocation href="./{place}" locatorType="URL"/><checksum checksumName="{kind}">{digest}</checksum>'
            "</byteStream></dataObject>"
        )


def listed(parent: Path, name: str = "sha3_256", kind: str = "SHA3-256", level: str = "L1C") -> Path:
    root = make_safe(parent, Safe(level=level))
    body = "".join(entries(root, name, kind))
    (root / "manifest.safe").write_text(
        f'<xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1"><dataObjectSection>{body}</dataObjectSection></xfdu:XFDU>',
        encoding="utf-8",
    )
    return root


def image(root: Path, band: str) -> Path:
    return next(iter(sorted(root.rglob(f"*_{band}*.jp2"))))


def garble(path: Path) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) * 3 // 4] ^= 1
    path.write_bytes(content)


def ask(scene: Scene, thorough: bool = True) -> tuple[str, ...]:
    return altered((scene,), frozenset(band.name for band in scene.bands), thorough, lambda: None)


@pytest.mark.parametrize(("name", "kind"), [("sha3_256", "SHA3-256"), ("md5", "MD5")])
def test_one_wrong_bit_is_noticed(tmp_path: Path, name: str, kind: str) -> None:
    root = listed(tmp_path, name, kind)
    scene = open_scene(str(root), SENSOR)
    assert len(scene.listed_files) == len(scene.bands) and ask(scene) == ()
    garble(image(root, "B05"))
    (sentence,) = ask(scene)
    assert image(root, "B05").name in sentence and "B06" not in sentence and "download the product again" in sentence
    assert ask(scene, thorough=False) == ()


def test_another_size_is_noticed_without_reading(tmp_path: Path) -> None:
    root = listed(tmp_path, level="L2A")
    with image(root, "B8A").open("ab") as stream:
        stream.write(b"more")
    (sentence,) = ask(open_scene(str(root), SENSOR), thorough=False)
    assert image(root, "B8A").name in sentence


def test_in_an_archive(tmp_path: Path) -> None:
    root = listed(tmp_path / "a")
    shutil.copyfile(image(root, "B12"), image(root, "B11"))
    archive = zip_folder(root, tmp_path / "product.zip")
    (sentence,) = ask(open_scene(str(archive), SENSOR))
    assert image(root, "B11").name in sentence


def test_many_are_counted(tmp_path: Path) -> None:
    root = listed(tmp_path)
    scene = open_scene(str(root), SENSOR)
    for path in root.rglob("*.jp2"):
        garble(path)
    (sentence,) = ask(scene)
    assert f" and {len(scene.bands) - 4} more " in sentence


def test_unknown_checksum_leaves_the_size(tmp_path: Path) -> None:
    root = listed(tmp_path, "sha256", "SHA-256")
    scene = open_scene(str(root), SENSOR)
    assert {file.algorithm for file in scene.listed_files} == {""}
    garble(image(root, "B05"))
    assert ask(scene) == ()


@pytest.mark.parametrize("text", [None, "<manifest/>", '<m><byteStream><fileLocation href="x"/></byteStream></m>'])
def test_without_a_list(tmp_path: Path, text: str | None) -> None:
    root = make_safe(tmp_path)
    (root / "manifest.safe").unlink()
    if text is not None:
        (root / "manifest.safe").write_text(text, encoding="utf-8")
    scene = open_scene(str(root), SENSOR)
    assert scene.listed_files == () and ask(scene) == ()


def test_damaged_list(tmp_path: Path) -> None:
    root = make_safe(tmp_path)
    stream = '<m><byteStream size="-3"><fileLocation href="./a.jp2"/></byteStream></m>'
    (root / "manifest.safe").write_text(stream, encoding="utf-8")
    with pytest.raises(ProductError, match=r"'-3' for the size of \./a\.jp2"):
        listed_files(str(root / "MTD_MSIL1C.xml"), ())


@pytest.mark.parametrize("content", [b"", b"<m><byteStream", b"\xff\xfe\x00"])
def test_a_damaged_list_is_told_and_the_product_read_all_the_same(tmp_path: Path, content: bytes) -> None:
    root = make_safe(tmp_path)
    (root / "manifest.safe").write_bytes(content)
    scene = open_scene(str(root), SENSOR)
    assert scene.listed_files == () and len(scene.bands) > 10
    assert scene.notes and scene.notes[0].endswith("Its images were not compared with that list.")


def test_only_bands_that_are_read_count(tmp_path: Path) -> None:
    root = listed(tmp_path)
    scene = open_scene(str(root), SENSOR)
    garble(image(root, "B01"))
    assert altered((scene,), frozenset(("B05", "B11")), True, lambda: None) == ()
    assert len(altered((scene,), frozenset(("B01",)), True, lambda: None)) == 1


def test_the_end_of_a_run_ends_the_comparison(tmp_path: Path) -> None:
    from types import SimpleNamespace

    scene = open_scene(str(listed(tmp_path)), SENSOR)
    side, output = SimpleNamespace(height=10, width=10), SimpleNamespace(sources=("B05",))
    files = (SimpleNamespace(bands=(output,)),)
    many = SimpleNamespace(scenes=(scene,) * 100_000, window=side, target=side, steps=(), files=files)
    with FileCheck(many) as check:
        pass
    # Without an end, 100,000 files would have been read by now.
    assert isinstance(check._found.exception(), CancelledError)


def test_a_file_of_several_chunks_is_read_to_its_end(tmp_path: Path) -> None:
    from satsharp.core.raster_digest import CHUNK, file_digest

    path = tmp_path / "large.bin"
    content = bytes(range(256)) * (2 * CHUNK // 256) + b"end"
    path.write_bytes(content)
    calls: list[None] = []
    assert file_digest(str(path), "md5", lambda: calls.append(None)) == hashlib.md5(content).hexdigest()
    assert len(calls) == 3
    assert file_digest(str(tmp_path / "none"), "md5", lambda: None) == ""


def test_run_warns_and_small_extents_read_no_file(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    from satsharp.core.cards import MODEL_FOLDER, load_cards
    from satsharp.core.options import Options
    from satsharp.core.planning import choose_cards, plan_job
    from satsharp.core.super_resolution import run
    from satsharp.export_tools.simulation import SimulationOptions, simulate_product

    product = simulate_product(tmp_path / "a", SimulationOptions(size=240))
    garble(image(product.safe, "B12"))
    scene = open_scene(str(product.safe), SENSOR)
    cards = choose_cards(scene, load_cards(MODEL_FOLDER)[0], SENSOR.models, "s2-20m", ())

    def warnings(options: Options) -> tuple[str, ...]:
        job = plan_job(scene, cards, tmp_path / "out.tif", options)
        found = run(job, lambda share: None, lambda: False, lambda text: None).warnings
        return tuple(sentence for sentence in found if "list of files" in sentence)

    left, top = scene.finest.transform[0], scene.finest.transform[3]
    corner = (left, top - 600, left + 600, top)
    small = Options(device="cpu", guard="off", consistency=False, extent=corner)
    assert warnings(small) == ()
    (sentence,) = warnings(Options(device="cpu", guard="off", consistency=False))
    assert image(product.safe, "B12").name in sentence


def test_waiting_can_be_cancelled(tmp_path: Path) -> None:
    from types import SimpleNamespace

    scene = open_scene(str(listed(tmp_path)), SENSOR)
    side = SimpleNamespace(height=10, width=10)
    output = SimpleNamespace(sources=("B05",))
    job = SimpleNamespace(
        scenes=(scene,) * 100_000, window=side, target=side, steps=(), files=(SimpleNamespace(bands=(output,)),)
    )

    def stop() -> None:
        raise CancelledError

    with FileCheck(job) as check, pytest.raises(CancelledError):
        check.warnings(stop, lambda text: None)


def test_simulated_product_lists_its_files(tmp_path: Path) -> None:
    from satsharp.export_tools.simulation import SimulationOptions, simulate_product

    product = simulate_product(tmp_path, SimulationOptions(size=120, level="L2A"))
    scene = open_scene(str(product.safe), SENSOR)
    assert {file.algorithm for file in scene.listed_files} == {"sha3_256"} and ask(scene) == ()
    copied = shutil.copytree(product.safe, tmp_path / "b" / product.safe.name)
    garble(image(copied, "B02"))
    assert len(ask(open_scene(str(copied), SENSOR))) == 1
