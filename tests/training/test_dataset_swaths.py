# SPDX-License-Identifier: GPL-2.0-or-later
"""Swaths and .tar archives as training places; lines that a satellite leaves out are no ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("osgeo.gdal")
pytest.importorskip("pyhdf")
pytest.importorskip("h5py")

from satsharp.core.products import open_scene  # noqa: E402
from satsharp.core.raster import BandReader  # noqa: E402
from satsharp.core.sensors import sensor_by_id  # noqa: E402
from satsharp.export_tools.configuration import Config, load_config  # noqa: E402
from satsharp.export_tools.dataset import Place, load_places  # noqa: E402
from satsharp.export_tools.simulation.eos.options import EosOptions  # noqa: E402
from satsharp.export_tools.simulation.eos.swaths import deleted, simulate_swath  # noqa: E402
from satsharp.export_tools.simulation.landsat import LandsatOptions, simulate_landsat  # noqa: E402

# Scans of 10 lines at 1 km, 16 at 750 m; the middle of the pass, where VIIRS leaves no line out, and its edge.
MIDDLE, EDGE = 2600, 1500


def load(config: Config, product: str) -> Place:
    made = {"id": "mine", "place": "here", "split": "train", "product": product}
    (place,) = load_places(config, "train", Path("/nowhere"), [made])
    return place


def test_a_modis_swath_is_a_place_on_its_own_lines(tmp_path: Path) -> None:
    # Its coarser pixels begin beside the finer ones, so they are moved as the engine does.
    config = load_config("modis-500m")
    (path, *_) = simulate_swath(tmp_path, EosOptions(scans=8, first_col=MIDDLE, cols=240)).files
    place = load(config, str(path))
    band = open_scene(str(path), sensor_by_id("modis")).band("B6")
    with BandReader() as reader:
        stored = reader.read(band, band.grid.window) * band.scale + band.offset
    image = place.images[config.targets.name]
    assert image.shape == (5, *stored.shape) == (5, 160, 120)
    assert place.images[config.groups[0].name].shape == (2, 320, 240)
    assert place.mask.mean() > 0.9
    index = config.targets.bands.index("B6")
    np.testing.assert_allclose(image[index][place.mask], stored[place.mask] * 5, atol=1e-5)


@pytest.mark.parametrize(("first", "share"), [(MIDDLE, 0.0), (EDGE, 0.125)])
def test_lines_that_viirs_leaves_out_are_no_ground(tmp_path: Path, first: int, share: float) -> None:
    config = load_config("viirs-750m")
    files = simulate_swath(tmp_path, EosOptions("VNP09", scans=4, first_col=first, cols=240)).files
    place = load(config, ";".join(str(path) for path in files if path.suffix != ".npy"))
    assert place.mask.shape == (64, 120)
    missing = deleted((64, 120), 2, first)
    assert missing.mean() == share
    assert not place.mask[missing].any()
    np.testing.assert_array_equal(place.causes["nodata"], missing)
    assert place.mask[~missing].mean() > 0.9


def test_a_tar_is_the_same_place_as_its_folder(tmp_path: Path) -> None:
    config = load_config("landsat-30m")
    made = simulate_landsat(tmp_path, LandsatOptions(size=100, pack="tar"))
    archive = next(tmp_path.glob("*.tar"))
    folder, packed = load(config, str(made.folder)), load(config, str(archive))
    np.testing.assert_array_equal(packed.mask, folder.mask)
    assert packed.rejected == folder.rejected and packed.rejected["cloud"] > 0
    for name, image in folder.images.items():
        np.testing.assert_array_equal(packed.images[name], image)
