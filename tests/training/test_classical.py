# SPDX-License-Identifier: GPL-2.0-or-later
"""Methods without weights: pansharpening by regression, as a network, a file and a card."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("osgeo")

from satsharp.core.card_titles import load_titles  # noqa: E402
from satsharp.core.cards import MODEL_FOLDER, load_card, load_cards, verify_digest  # noqa: E402
from satsharp.core.harmonization.landsat_request import PANSHARPEN_CARD  # noqa: E402
from satsharp.export_tools.__main__ import main  # noqa: E402
from satsharp.export_tools.configuration import load_config  # noqa: E402
from satsharp.export_tools.networks import build, count_parameters  # noqa: E402
from satsharp.export_tools.parity import PARITY, parity  # noqa: E402

NAME = "landsat-10m-pansharpen"


@pytest.mark.parametrize("guides", [[[1, 3]], [[4, 6], [6, 3]]])
@pytest.mark.parametrize("batched", [False, True])
def test_injection_is_what_an_untrained_compact_network_computes(guides: list[list[int]], batched: bool) -> None:
    network = build({"kind": "compact", "guides": guides, "targets": 6, "width": 8, "depth": 1, "equivariant": True})
    plain = build({"kind": "injection", "guides": guides, "targets": 6})
    *images, scene = (torch.rand_like(tensor) for tensor in plain.example(rows=9, batch=2)["tensors"])
    scene = torch.stack([scene, 2 * scene]) if batched else scene
    with torch.no_grad():
        assert torch.equal(plain(*images, scene), network(*images, scene))
    assert count_parameters(plain) == 0 < count_parameters(network)


def test_means_of_the_result_are_the_coarse_pixels_where_the_point_spread_is_a_block() -> None:
    network = build(load_config(NAME).network)
    pan, coarse, scene = (torch.rand_like(tensor) for tensor in network.example(rows=9)["tensors"])
    scene[:, 3:] = 0
    scene[:, 3 + 6 : 3 + 9] = 1 / 3  # The middle one of five target pixels, three fine pixels each.
    flat = torch.full_like(coarse, 0.25)
    with torch.no_grad():
        result = network(pan, flat, scene)
    back = torch.nn.functional.avg_pool2d(result, 3)
    slopes = scene[:, 0]
    spread = result[0, :, 3:-3, 3:-3].std(dim=(1, 2)) / pan[0, 0, 3:-3, 3:-3].std()
    # Detail is the panchromatic band's times the slope, less what the enlarged mismatch takes back.
    assert torch.all((spread > 0.6 * slopes) & (spread < 1.1 * slopes))
    assert float((back - flat)[..., 1:-1, 1:-1].abs().mean()) < 0.1 * float(pan.std())


def test_the_bundled_file_computes_it_and_its_card_says_that_nothing_is_learned() -> None:
    card = load_card(PANSHARPEN_CARD)
    assert len(verify_digest(card)) == 64 and card.path.stat().st_size < 20_000
    model = onnx.load(str(card.path))
    assert (model.ir_version, model.opset_import[0].version) == (8, 17)
    assert parity(build(load_config(NAME).network).eval(), card.path) < PARITY
    document = card.document
    assert document["network"]["parameters"] == 0 and document["summary"].startswith("Nothing is learned")
    assert "10.1109/TGRS.2014.2361734" in document["paper"] and "training" not in document
    assert card.interval is None and card.harmonizes
    # Without pixels nothing is injected.
    assert [row[0] for row in card.scene_pass.default] == [0.0] * 6


def test_it_stands_between_the_network_and_what_else_there_is() -> None:
    found = json.loads(PANSHARPEN_CARD.read_text("utf-8"))["harmonization_figures"]
    assert found["command"].endswith(f"models/classical/{NAME}.json models/landsat-10m.json --write-card")
    figures = found["methods"]
    order = ["landsat-10m", NAME, "GDAL pansharpen + bandpass", "cubic + bandpass", "cubic"]
    errors = [figures[method]["mean_rmse"] for method in order]
    similar = [figures[method]["mean_ssim"] for method in order]
    assert errors == sorted(errors) and similar == sorted(similar, reverse=True)
    network = json.loads((MODEL_FOLDER / "landsat-10m.json").read_text("utf-8"))["harmonization_figures"]["methods"]
    assert figures["cubic"] == network["cubic"]


def test_no_list_of_models_has_it() -> None:
    """Else ``auto``, ensembles and superresolve_landsat might take it for a network."""
    assert NAME not in {card.id for card in load_cards(MODEL_FOLDER)[0]} | {
        model.id for model in load_titles(MODEL_FOLDER)[0]
    }
    assert sum(card.harmonizes for card in load_cards(MODEL_FOLDER)[0]) == 1


def test_the_command_writes_it_and_refuses_what_has_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "classical"
    assert main(["export-classical", NAME, "--out", str(out)]) == 0
    card = load_card(out / f"{NAME}.json")
    assert len(verify_digest(card)) == 64 and "b10 9 px of 10 m, b30 1 px of 30 m" in capsys.readouterr().out
    bundled = {key: value for key, value in load_card(PANSHARPEN_CARD).document.items() if "figures" not in key}
    assert card.document == bundled
    assert main(["export-classical", "landsat-10m", "--out", str(tmp_path)]) == 1
    assert "landsat-10m has 154,720 weights: train it" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.onnx"))
