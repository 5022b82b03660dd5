# SPDX-License-Identifier: GPL-2.0-or-later
"""From a scene, cards and the user's options to a frozen job, refusing early what cannot work."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np

from .cards import Card, verify_digest
from .errors import CardError, GridError, ModelError, OutputError
from .grid import Grid, Window
from .job import Job, Options, OutputBand, OutputFile, Step
from .network import Network, inspect_network
from .output_place import check_place
from .products.extent import extent_window
from .raster import file_stamp, numpy_type
from .scene import Band, Scene
from .session import cores
from .tile_size import tile_side
from .version import version

GSD_TOLERANCE = 0.02


def choose_cards(
    scene: Scene, cards: tuple[Card, ...], preferred: tuple[str, ...], model: str, gsds: tuple[float, ...]
) -> tuple[Card, ...]:
    """Pick the cards that sharpen the wanted band groups of a scene.

    Args:
        scene: the scene.
        cards: installed cards for its sensor.
        preferred: card ids in order of preference for ``auto``.
        model: ``auto`` or one card id.
        gsds: GSDs in metres of the wanted groups; empty means every coarser group.

    Returns:
        Cards whose target bands do not overlap, coarser groups last.

    Raises:
        CardError: the model is unknown, needs bands the scene lacks, or no card serves a wanted group.
    """
    known = {card.id: card for card in cards}
    if model != "auto":
        if model not in known:
            raise CardError(f"There is no model {model!r} for this sensor; installed are {', '.join(known) or 'none'}.")
        return (known[model],)
    order = [known[name] for name in preferred if name in known] + [c for c in cards if c.id not in preferred]
    chosen = []
    for gsd in gsds or _coarser_gsds(scene):
        serving = [card for card in order if _serves(card, scene, gsd)]
        if not serving:
            raise CardError(
                f"No installed model sharpens the {gsd:g} m bands of {scene.name}. Choose other BANDS, or install one."
            )
        if serving[0] not in chosen:
            chosen.append(serving[0])
    return tuple(chosen)


def plan_job(
    scene: Scene, cards: tuple[Card, ...], output: str, options: Options, earlier: tuple[Scene, ...] = ()
) -> Job:
    """Plan a run.

    Args:
        scene: the scene (of several dates the latest).
        cards: the models, one for each group of target bands.
        output: path of the GeoTIFF.
        options: what the user chose.
        earlier: further dates on the same grids, oldest first.

    Returns:
        The job, without the results of passes over the scene.

    Raises:
        CardError: a card does not fit the scene or its network.
        ModelError: a network cannot be analysed or run in tiles.
        GridError: the grids or the extent do not fit.
        OutputError: the output cannot be written.
    """
    path = Path(output).expanduser()
    check_place(path)
    # Other paths are archives, or inline VRT text where a reader had to cut a band.
    if path.exists() and any(os.path.exists(band.path) and path.samefile(band.path) for band in scene.bands):
        raise OutputError(f"{path} is a band of the input. Choose another output.")
    target = scene.finest
    networks = tuple(inspect_network(card) for card in cards)
    steps = tuple(plan_step(scene, target, card, network) for card, network in zip(cards, networks))
    _check_grids(scene, target, earlier)
    snap = round(scene.coarsest.gsd / target.gsd)
    window = target.window
    if options.extent is not None:
        window = extent_window(target, options.extent, options.extent_crs, snap)
    bands = _output_bands(scene, steps, options)
    dtype, nodata = _storage(tuple(output.band for output in bands))
    workers, threads = _parallelism()
    return Job(
        scenes=(*earlier, scene),
        target=target,
        window=window,
        steps=steps,
        files=(OutputFile(path, bands, dtype, nodata),),
        tile=tile_side(target, steps, networks, snap, options),
        device=options.device,
        workers=workers,
        threads=threads,
        identity=_identity((*earlier, scene), steps, bands, window, options),
        tags=_tags(scene, steps, options),
        resume=options.resume,
        cog=options.cog,
    )


def plan_step(scene: Scene, target: Grid, card: Card, network: Network) -> Step:
    """Fit one model to a scene.

    Raises:
        CardError: the scene lacks a band, or a band's GSD is not the card's.
        ModelError: the network cannot be run in tiles exactly.
    """
    if not scene.has(card.input_bands):
        missing = [name for name in card.input_bands if not scene.has((name,))]
        raise CardError(f"{card.id} needs the bands {', '.join(missing)}, which {scene.name} lacks.")
    if abs(target.gsd / card.gsd - 1) > GSD_TOLERANCE:
        raise CardError(
            f"{card.id} makes {card.gsd:g} m bands, but the finest grid of {scene.name} is {target.gsd:g} m."
        )
    for tensor in card.inputs:
        for name in tensor.bands:
            gsd = scene.band(name).gsd
            if abs(gsd / tensor.gsd - 1) > GSD_TOLERANCE:
                raise CardError(f"{card.id} expects {name} at {tensor.gsd:g} m, but {scene.name} has it at {gsd:g} m.")
    if card.tiling != "exact" or network.global_operations:
        names = ", ".join(network.global_operations) or "none was found in the graph"
        raise ModelError(
            f"{card.id} looks at the whole image at once (global operations: {names}), so tiles would show. "
            "This version runs networks with a finite receptive field only."
        )
    return Step(card, verify_digest(card), card.scale_factor, network.halo, network.alignment)


def _coarser_gsds(scene: Scene) -> tuple[float, ...]:
    finest = scene.finest.gsd
    return tuple(sorted({round(band.gsd, 6) for band in scene.bands if band.gsd > finest * (1 + GSD_TOLERANCE)}))


def _serves(card: Card, scene: Scene, gsd: float) -> bool:
    if not scene.has(card.input_bands):
        return False
    return any(abs(scene.band(name).gsd / gsd - 1) < GSD_TOLERANCE for name in card.target_bands)


def _check_grids(scene: Scene, target: Grid, earlier: tuple[Scene, ...]) -> None:
    for band in scene.bands:
        factor = band.grid.scale_factor_to(target)
        for side, limit in ((band.grid.width, target.width), (band.grid.height, target.height)):
            if not -factor < side * factor - limit < factor:
                raise GridError(
                    f"{band.name} covers {side * factor} pixels of the {target.gsd:g} m grid where it has {limit}. "
                    "The band files do not show the same area: use a complete product."
                )
    for other in earlier:
        for band in other.bands:
            if scene.band(band.name).grid != band.grid:
                raise GridError(f"{other.name} and {scene.name} lie on different grids. Clip both to one extent first.")


def _output_bands(scene: Scene, steps: tuple[Step, ...], options: Options) -> tuple[OutputBand, ...]:
    made = {
        name: OutputBand(scene.band(name), index, output.name, channel)
        for index, step in enumerate(steps)
        for output in step.card.outputs
        if output.role == "value"
        for channel, name in enumerate(output.bands)
    }
    finest = scene.finest.gsd
    if options.copy_fine_bands:
        fine = [band for band in scene.bands if band.gsd < finest * (1 + GSD_TOLERANCE) and band.name not in made]
        made.update({band.name: OutputBand(band) for band in fine})
    return tuple(made[band.name] for band in scene.bands if band.name in made)


def _storage(bands: tuple[Band, ...]) -> tuple[str, float | None]:
    """Return the output's data type and nodata value: the inputs' own where they agree."""
    dtype = np.result_type(*(np.dtype(numpy_type(band.dtype)) for band in bands))
    if dtype.itemsize > 4 and dtype.kind == "i":
        dtype = np.dtype(np.float64)  # no integer type that GeoTIFF readers know holds both signs of 32 bits
    declared = [band.nodata for band in bands if band.nodata is not None]
    if declared:
        return dtype.name, declared[0]
    return dtype.name, float("nan") if dtype.kind == "f" else None


def _parallelism() -> tuple[int, int]:
    """Return tiles at a time and processors a tile: two tiles keep the processors busy while one is handed over."""
    available = cores()
    workers = min(2, available)
    return workers, max(1, available // workers)


def _identity(
    scenes: tuple[Scene, ...], steps: tuple[Step, ...], bands: tuple[OutputBand, ...], window: Window, options: Options
) -> tuple[tuple[str, str], ...]:
    files = [[band.path, band.index, file_stamp(band.path)] for scene in scenes for band in scene.bands]
    parts = {
        "input": [[scene.source for scene in scenes], files],
        "model": [[step.card.id, step.digest] for step in steps],
        "parameters": [[output.band.name for output in bands], repr(window), options.device, options.cog, version()],
    }
    return tuple((name, hashlib.sha256(json.dumps(part).encode()).hexdigest()) for name, part in parts.items())


def _tags(scene: Scene, steps: tuple[Step, ...], options: Options) -> tuple[tuple[str, str], ...]:
    models = ", ".join(f"{step.card.id} (sha256 {step.digest})" for step in steps)
    extent = "whole scene" if options.extent is None else f"{options.extent} {options.extent_crs}".strip()
    return (
        ("TIFFTAG_SOFTWARE", f"SatSharp {version()}"),
        ("TIFFTAG_DATETIME", scene.acquired[:19].replace("-", ":").replace("T", " ")),
        ("SATSHARP_INPUT", scene.source),
        ("SATSHARP_PRODUCT", scene.name),
        ("SATSHARP_SENSOR", scene.sensor),
        ("SATSHARP_LEVEL", scene.level),
        ("SATSHARP_ACQUIRED", scene.acquired),
        ("SATSHARP_MODELS", models),
        ("SATSHARP_EXTENT", extent),
        ("SATSHARP_DEVICE", options.device),
        (
            "SATSHARP_DIGITAL_NUMBERS",
            "as in the input; reflectance = digital number x scale + offset of the band",
        ),
        *((f"SATSHARP_INPUT_{key.upper()}", value) for key, value in scene.tags),
    )
