# SPDX-License-Identifier: GPL-2.0-or-later
"""From a converted network to ONNX file, card and digest; refused where ONNX Runtime and torch disagree."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from ...core.blend import default_blend
from ...core.cards import DIGEST_FILE, CardBlend, file_digest, load_card
from ...core.network import inspect_network
from ...core.onnx_graph import check_safety, read_graph
from ...core.receptive_field import analyze
from .framework import ConversionError, Converted, Options
from .parity import PARITY as PARITY
from .parity import check_parity

OPSET = 17
IR_VERSION = 8
# In output pixels: beyond it a tile would be mostly halo (128 input pixels of a x4 network, 512 of a x1 network).
LARGEST_HALO = 512


@dataclass(frozen=True)
class Finished:
    """What ``finish`` wrote.

    Attributes:
        card: path of the card; the ONNX file lies beside it.
        difference: largest of |ONNX Runtime - torch| / max |torch| over the example inputs; 0 for ONNX taken as it is.
        halo: in pixels of the coarsest input.
        alignment: of tile origins, in pixels of the coarsest input.
        global_operations: as ``Type node``.
        tiling: ``exact`` or ``blended``.
        blend: sides of blocks and overlaps in pixels of the coarsest input, where it is blended.
    """

    card: Path
    difference: float
    halo: int
    alignment: int
    global_operations: tuple[str, ...]
    tiling: str
    blend: CardBlend | None = None


def finish(converted: Converted, source: Path, folder: Path, options: Options) -> Finished:
    """Write ONNX file, card and digest into a folder; nothing is left there where something is wrong.

    Args:
        converted: network, example inputs and card.
        source: the checkpoint, for its name, size and digest.
        folder: made if missing.
        options: gives id, licence, origin and tiling where the user chose them.

    Raises:
        ConversionError: ONNX Runtime and torch disagree, the id is no file name, or a setting means nothing.
        ModelError: the graph cannot be analysed.
        CardError: card and graph disagree.
    """
    options.check_all_asked(converted.recognised.family)
    name = options.id or str(converted.card["id"])
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise ConversionError(f"The id {name!r} cannot be a file name: use letters, digits, '-', '_' and '.'.")
    source = converted.file or source
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".convert-") as scratch:
        path = Path(scratch) / f"{name}.onnx"
        difference = _write_onnx(converted, path)
        finished = _analyse(converted, path, options, difference)
        document = _card_of(converted, source, options, finished, name)
        finished.card.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        inspect_network(load_card(finished.card))
        for made in (path, finished.card):
            os.replace(made, folder / made.name)
    _list_digests(folder, name, source)
    return dataclasses.replace(finished, card=folder / f"{name}.json")


def export_onnx(
    network: nn.Module, example: tuple[Tensor, ...], names: list[str], outputs: list[str], path: Path
) -> None:
    """Write a network as ONNX (opset 17, IR version 8) with free batch, rows and columns.

    Args:
        network: in evaluation mode.
        example: one tensor for each input; those of four dimensions get free sizes.
        names: of the inputs.
        outputs: names of the outputs.
        path: of the file.
    """
    axes = {
        name: {0: "batch", 2: f"{name}_rows", 3: f"{name}_columns"}
        for name, tensor in zip(names, example)
        if tensor.ndim == 4
    }
    axes.update({name: {0: "batch", 2: "rows", 3: "columns"} for name in outputs})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            example,
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=names,
            output_names=outputs,
            dynamic_axes=axes,
        )
    model = onnx.load(str(path))
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _write_onnx(converted: Converted, path: Path) -> float:
    if converted.network is None:
        if converted.model is None:
            raise ConversionError("The converter returned neither a network nor an ONNX file.")
        if isinstance(converted.model, bytes):
            path.write_bytes(converted.model)
        else:
            shutil.copyfile(converted.model, path)
        check_safety(read_graph(path), path)
        return 0.0
    network = converted.network.eval()
    names = [str(entry["name"]) for entry in converted.card["inputs"]]
    outputs = [str(entry["name"]) for entry in converted.card["outputs"]]
    export_onnx(network, converted.examples[0], names, outputs, path)
    return check_parity(network, path, converted.examples)


def _analyse(converted: Converted, path: Path, options: Options, difference: float) -> Finished:
    inputs = converted.card["inputs"]
    coarsest = max(float(entry["gsd"]) for entry in inputs)
    ratios = {str(entry["name"]): round(coarsest / float(entry["gsd"])) for entry in inputs}
    receptive = analyze(read_graph(path), ratios)
    halo = receptive.common_halo(ratios)
    alignment = receptive.common_alignment(ratios)
    exact = receptive.is_local and halo * int(converted.card["scale_factor"]) <= LARGEST_HALO
    if options.tiling == "exact" and not receptive.is_local:
        raise ConversionError(f"--tiling exact is impossible for this network: {receptive.reasons[0]}")
    tiling = options.tiling or ("exact" if exact else "blended")
    chosen = converted.card.get("blend")
    return Finished(
        card=path.with_suffix(".json"),
        difference=difference,
        halo=halo,
        alignment=alignment,
        global_operations=tuple(f"{kind} {node}".strip() for kind, node in receptive.global_operations),
        tiling=tiling,
        blend=(
            None
            if tiling == "exact"
            else CardBlend(**chosen)
            if chosen
            else default_blend(alignment, receptive.values_per_pixel(ratios))
        ),
    )


def _card_of(converted: Converted, source: Path, options: Options, finished: Finished, name: str) -> dict[str, Any]:
    recognised = converted.recognised
    card = {**converted.card, "id": name, "file": f"{name}.onnx", "tiling": finished.tiling}
    if finished.blend is not None:
        card["blend"] = finished.blend._asdict()
    card["licence"] = options.licence or card.get("licence") or "NOASSERTION"
    card["network"] = {
        "family": recognised.family,
        **recognised.architecture,
        "parameters": recognised.parameters,
        "halo": finished.halo,
        "alignment": finished.alignment,
        "global_operations": list(finished.global_operations),
    }
    card["origin"] = {
        "text": options.origin or str(card.get("origin", "")),
        "file": source.name,
        **({"bytes": source.stat().st_size, "digest": spaced_digest(file_digest(source))} if source.is_file() else {}),
    }
    if recognised.notes:
        card["notes"] = list(recognised.notes)
    return card


def spaced_digest(digest: str) -> str:
    """Return a digest in groups of eight digits: in one word, scanners take it for a secret in a JSON file."""
    return "SHA-256 " + " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def _list_digests(folder: Path, name: str, source: Path) -> None:
    """Bring ``SHA256SUMS`` up to date; the source's digest stands in a comment, as the file itself is elsewhere."""
    path = folder / DIGEST_FILE
    old = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    mark = f" is the source of {name}.onnx"
    kept = [line for line in old if line.strip() and not line.endswith((f" {name}.onnx", f"*{name}.onnx"))]
    made = [f"{file_digest(folder / f'{name}.onnx')}  {name}.onnx"]
    if source.is_file():
        made.append(f"# {file_digest(source)}  {source.name}{mark}")
    path.write_text("".join(f"{line}\n" for line in kept + made), encoding="utf-8")
