# SPDX-License-Identifier: GPL-2.0-or-later
"""Satlas' band sets on native grids, and settings that mean nothing to a family."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from satsharp.core.cards import load_card  # noqa: E402
from satsharp.core.network import inspect_network  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.converters.satlas_card import BAND_SETS  # noqa: E402
from satsharp.export_tools.converters.satlas_grids import NativeDates, groups_of, gsd_of  # noqa: E402
from torch.nn import functional  # noqa: E402

from .test_convert_torch_satlas import images, rrdb, save_esrgan  # noqa: E402
from .torch_layouts import Tape, convert, run  # noqa: E402


def test_bands_are_grouped_by_their_native_gsd():
    _, bands, _ = BAND_SETS[96]
    assert groups_of(bands) == {
        10.0: ("red", "green", "blue", "B08"),
        20.0: ("B05", "B06", "B07", "B11", "B12"),
        60.0: ("B01", "B09", "B10"),
    }
    assert [gsd_of(name) for name in ("red", "B8A", "B10", "band1")] == [10, 20, 60, 10]


def test_channels_reach_the_network_date_by_date_in_its_own_order():
    bands, dates = ("red", "B01", "B05", "B08"), 3
    module = NativeDates(torch.nn.Identity(), bands, dates)
    generator = torch.Generator().manual_seed(0)
    planes = {
        gsd: torch.rand((1, dates * len(group), 120 // int(gsd), 120 // int(gsd)), generator=generator)
        for gsd, group in groups_of(bands).items()
    }
    made = module(*planes.values())
    expected = []
    for date in range(dates):
        for band in bands:
            gsd = gsd_of(band)
            group = groups_of(bands)[gsd]
            plane = planes[gsd][:, date * len(group) + group.index(band)][:, None]
            factor = int(gsd / 10)
            expected.append(functional.interpolate(plane, scale_factor=factor, mode="bilinear", align_corners=False))
    assert torch.allclose(made, torch.cat(expected, 1), atol=1e-6)


@pytest.mark.parametrize(("channels", "scale"), [(72, 8), (96, 24)])
def test_a_band_set_is_converted_with_an_input_for_each_gsd(channels: int, scale: int, tmp_path: Path):
    tape = Tape(3)
    rrdb(tape, images(1, channels, 8, 8), 4, width=4, blocks=1, growth=2)
    path = save_esrgan(tmp_path / "net_g.pth", tape)
    finished, recognised = convert(path, tmp_path)
    card = load_card(finished.card)
    assert [entry.gsd for entry in card.inputs] == [10, 20, 60][: len(card.inputs)]
    assert card.scale_factor == scale and {entry.dates for entry in card.inputs} == {8}
    assert inspect_network(card).alignment == 1
    assert any("native grids" in note for note in recognised.notes)
    assert "invent" in card.experimental
    plain, _ = convert(path, tmp_path / "plain", plain=True)
    (stacked,) = load_card(plain.card).inputs
    assert len(stacked.bands) * 8 == channels
    # Constant images need no upsampling: both must agree, whatever the order of channels.
    levels = {band: 0.05 * (index + 1) for index, band in enumerate(stacked.bands)}
    rows = {10: 24, 20: 12, 60: 4}
    native = [
        np.stack([np.full((rows[int(e.gsd)],) * 2, levels[b] + 0.01 * d) for d in range(8) for b in e.bands])
        for e in card.inputs
    ]
    single = np.stack([np.full((24, 24), levels[b] + 0.01 * d) for d in range(8) for b in stacked.bands])
    ours = run(finished, *(torch.from_numpy(values[None].astype(np.float32)) for values in native))[0]
    theirs = run(plain, torch.from_numpy(single[None].astype(np.float32)))[0]
    assert np.abs(ours - theirs).max() < 2e-5 * np.abs(theirs).max()


def test_the_card_of_blended_networks_declares_its_blocks(tmp_path: Path):
    tape = Tape(4)
    rrdb(tape, images(1, 3, 8, 8), 4, width=4, blocks=9, growth=2)
    finished, _ = convert(save_esrgan(tmp_path / "net_g.pth", tape), tmp_path)
    document = json.loads(finished.card.read_text())
    assert document["tiling"] == "blended"
    assert document["blend"] == {"block": 128, "overlap": 32, "multiple": 1}
    assert load_card(finished.card).blend == finished.blend


def test_settings_that_mean_nothing_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tape = Tape(5)
    rrdb(tape, images(1, 3, 8, 8), 4, width=4, blocks=1, growth=2)
    path = save_esrgan(tmp_path / "net_g.pth", tape)
    folder = tmp_path / "out"
    assert main(["convert", str(path), "--out", str(folder), "--set", "scale=4", "--set", "beta=0.2"]) == 1
    told = capsys.readouterr().err
    assert told.strip() == (
        "--set beta=... means nothing to Satlas ESRGAN; its settings are: bands, images, layout, range, scale."
    )
    assert not list(folder.glob("*")) if folder.exists() else True
    assert main(["convert", str(path), "--out", str(folder), "--set", "scale=4"]) == 0
