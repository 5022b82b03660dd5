# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from satsharp.core.grid import Window
from satsharp.core.point_spread import block_mean, radius_of
from satsharp.export_tools.simulation import SimulationOptions, lattice
from satsharp.export_tools.simulation import landscape as landscape_module
from satsharp.export_tools.simulation.bands import bands_of
from satsharp.export_tools.simulation.canvas import Canvas
from satsharp.export_tools.simulation.exposure import HALO, Camera
from satsharp.export_tools.simulation.landscape import Landscape

QUIET = SimulationOptions(noise=False, clouds=False)


class TestLattice:
    def test_white_noise_is_uniform_and_independent(self):
        noise = lattice.white(Window(-70, 1000, 400, 400), 5)
        assert noise.min() >= 0
        assert noise.max() < 1
        assert noise.mean() == pytest.approx(0.5, abs=0.005)
        assert noise.std() == pytest.approx(12**-0.5, abs=0.005)
        for shift in ((0, 1), (1, 0), (1, 1)):
            other = np.roll(noise, shift, (0, 1))
            assert abs(np.corrcoef(noise.ravel(), other.ravel())[0, 1]) < 0.01

    def test_gaussian_has_unit_variance(self):
        values = lattice.gaussian(lattice.hash_points(np.arange(300)[:, None], np.arange(300)[None, :], 3))
        assert values.mean() == pytest.approx(0, abs=0.02)
        assert values.std() == pytest.approx(1, abs=0.02)

    def test_smooth_noise_has_unit_variance_and_no_steps(self):
        noise = lattice.smooth(Window(0, 0, 800, 800), 8, 11)
        assert noise.mean() == pytest.approx(0, abs=0.05)
        assert noise.std() == pytest.approx(1, abs=0.06)
        assert np.abs(np.diff(noise, axis=0)).max() < 1

    @pytest.mark.parametrize("wavelength", [3, 7.7, 240])
    def test_smooth_noise_of_a_window_is_the_crop_of_the_whole(self, wavelength):
        whole = lattice.smooth(Window(-50, -20, 120, 160), wavelength, 9)
        np.testing.assert_array_equal(lattice.smooth(Window(-13, 31, 40, 50), wavelength, 9), whole[37:77, 51:101])

    def test_seeds_differ(self):
        noises = [lattice.white(Window(0, 0, 64, 64), lattice.salt_of(seed, 1)) for seed in (1, 2)]
        assert abs(np.corrcoef(noises[0].ravel(), noises[1].ravel())[0, 1]) < 0.06


class TestLandscape:
    @pytest.mark.parametrize("seed", [1, 2, 5])
    @pytest.mark.parametrize("level", ["L1C", "L2A"])
    def test_a_window_is_the_crop_of_the_whole(self, seed, level):
        landscape = Landscape(seed, level, clouds=True, glints=True)
        outer, inner = Window(-20, 340, 260, 230), Window(51, 403, 70, 111)
        whole, part = landscape.view(outer), landscape.view(inner)
        rows, cols = inner.relative_to(outer).slices
        np.testing.assert_array_equal(part.reflectance, whole.reflectance[:, rows, cols])
        for name in ("cloud", "cirrus", "shadow", "water"):
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[rows, cols])

    def test_the_seed_alone_makes_the_ground(self):
        window = Window(100, 100, 60, 60)
        first, again, other = (Landscape(seed, "L2A", True, False).view(window).reflectance for seed in (3, 3, 4))
        np.testing.assert_array_equal(first, again)
        assert np.abs(first - other).mean() > 0.01

    def test_a_kilometre_of_land_has_what_a_sensor_sees(self):
        views = [Landscape(seed, "L2A", True, False).view(Window(0, 0, 240, 240)) for seed in (1, 4, 6, 11, 12)]
        reflectance = np.concatenate([view.reflectance.reshape(12, -1) for view in views], axis=1)
        assert reflectance.min() > -0.02
        assert 0.02 < np.median(reflectance[1]) < 0.12
        assert 0.15 < np.median(reflectance[7]) < 0.40
        assert 0.01 < np.mean([view.water.mean() for view in views]) < 0.6
        assert 0.001 < np.mean([(view.cloud > 0.3).mean() for view in views]) < 0.2
        assert max(view.shadow.max() for view in views) > 0.5

    def test_no_clouds_means_none(self):
        view = Landscape(2, "L2A", clouds=False, glints=False).view(Window(0, 0, 300, 300))
        assert view.cloud.max() == view.cirrus.max() == view.shadow.max() == 0

    def test_coarse_bands_follow_the_fine_ones_but_not_linearly(self):
        parts = [Landscape(seed, "L2A", False, False).view(Window(0, 0, 300, 300)).reflectance for seed in (1, 3, 6, 8)]
        pixels = np.concatenate([block_mean(part, 2).reshape(12, -1) for part in parts], axis=1)
        names = [band.name for band in bands_of("L2A")]
        fine = [names.index(name) for name in ("B02", "B03", "B04", "B08")]
        guide = np.vstack([pixels[fine], np.ones(pixels.shape[1], np.float32)]).T
        for name in ("B05", "B06", "B07", "B8A", "B11", "B12"):
            target = pixels[names.index(name)]
            residual = target - guide @ np.linalg.lstsq(guide, target, rcond=None)[0]
            assert 0.5 < 1 - residual.var() / target.var() < 0.98, name
        assert np.corrcoef(pixels[names.index("B8A")], pixels[names.index("B08")])[0, 1] > 0.95
        assert np.corrcoef(pixels[names.index("B12")], pixels[names.index("B11")])[0, 1] > 0.8

    def test_bands_have_detail_at_ten_metres(self):
        reflectance = Landscape(1, "L2A", False, False).view(Window(0, 0, 360, 360)).reflectance
        lost = reflectance - block_mean(reflectance, 2).repeat(2, 1).repeat(2, 2)
        assert (lost.std(axis=(1, 2)) > 0.1 * reflectance.std(axis=(1, 2))).all()

    def test_painting_on_a_part_shows_on_the_canvas(self):
        canvas = Canvas.blank(Window(10, 20, 30, 40))
        part = canvas.part(Window(12, 25, 3, 4))
        part.build("metal", np.full((3, 4), 0.5, np.float32))
        part.build("tile", np.full((3, 4), 0.2, np.float32))
        assert canvas.built_part.sum() == 6
        assert canvas.built[2, 5] == canvas.built.max() > 0


class TestCamera:
    def test_a_window_is_the_crop_of_the_whole(self, tmp_path):
        options = SimulationOptions(size=120, width=180, truth=tmp_path / "asked.tif", saturated=True)
        camera = Camera.of(options)
        whole, part = camera.expose(Window(0, 0, 120, 180)), camera.expose(Window(60, 30, 36, 48))
        for band in camera.bands:
            rows, cols = Window(60, 30, 36, 48).coarsen(band.factor).slices
            np.testing.assert_array_equal(part.images[band.name], whole.images[band.name][rows, cols])
        np.testing.assert_array_equal(part.truth, whole.truth[:, 60:96, 30:78])
        np.testing.assert_array_equal(part.classes, whole.classes[30:48, 15:39])

    def test_halo_holds_the_widest_point_spread(self):
        assert max(radius_of(band.sigma_px) for band in bands_of("L1C")) <= HALO

    def test_noise_has_the_declared_strength(self):
        quiet, noisy = (Camera.of(replace(QUIET, size=420, width=420, noise=n, nodata_corner=False)) for n in (0, 1))
        window = Window(0, 0, 420, 420)
        first, second = quiet.expose(window), noisy.expose(window)
        for band in quiet.bands:
            clean = (first.images[band.name].astype(float) - 1000) / 10000
            error = (second.images[band.name].astype(float) - first.images[band.name]) / 10000
            expected = band.noise * np.sqrt(0.2 + 0.8 * np.maximum(clean, 0) / band.noise_reflectance)
            assert (error / expected).std() == pytest.approx(1, abs=0.03), band.name
            assert abs((error / expected).mean()) < 0.05, band.name

    def test_saturation_reaches_the_20_metre_bands(self, monkeypatch):
        monkeypatch.setattr(landscape_module, "GLINT_SPACING", 60)
        window = Window(0, 0, 300, 300)
        bright, plain = (
            Camera.of(SimulationOptions(size=300, saturated=s, clouds=False, nodata_corner=False)).expose(window).images
            for s in (True, False)
        )
        assert 10 < (bright["B04"] == 65535).sum() < 200
        assert (bright["B11"] == 65535).sum() > 0
        assert max(image.max() for image in plain.values()) < 15000


class TestOptions:
    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"size": 100}, "100 x 100 pixels is not possible. Use multiples of 6"),
            ({"size": 10986}, "not possible"),
            ({"width": 31}, "600 x 31"),
            ({"level": "L3A"}, "Use L1C or L2A"),
            ({"baseline": "4.0"}, "two digits, a point"),
            ({"satellite": "S3A"}, "S2A, S2B, S2C"),
            ({"tile": "../x"}, "two digits and three capitals"),
            ({"epsg": 3857}, "no UTM zone"),
            ({"acquired": "yesterday"}, "Write it in UTC"),
            ({"threads": 0}, "one or more"),
        ],
    )
    def test_impossible_options_are_named(self, change, sentence):
        with pytest.raises(ValueError, match=sentence):
            SimulationOptions(**change)
