# SPDX-License-Identifier: GPL-2.0-or-later
"""From a scene, cards and the user's options to a frozen job, refusing early what cannot work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .card_choice import GSD_TOLERANCE, choose_cards
from .card_digests import verify_model
from .cards import Card, CardBlend
from .consistency import margin_of, scene_sigma
from .enlargement import BICUBIC_REACH
from .errors import CardError
from .grid import Grid, Window
from .job import FALL_BACK, Job, Options, Step
from .lineage import identity_of, tags_of
from .network import Network, inspect_network
from .output_files import bands_not_copied, joined_path, output_files
from .output_records import OutputFile
from .plan_blend import blend_identity, blend_notes, blend_of, blend_tags
from .plan_checks import check_dates, check_grids, check_outputs
from .products.extent import extent_window
from .products.swath_map import map_of_swath
from .scene import Scene
from .session import cores
from .tile_size import tile_side

__all__ = ["Arrangement", "choose_cards", "plan_job", "plan_step", "target_grid"]


@dataclass(frozen=True)
class Arrangement:
    """What a run writes, where it is not simply what its models make of its scene.

    Attributes:
        target: the output grid of the whole scene.
        files: as :func:`core.output_files.output_files`.
    """

    target: Grid
    files: Callable[[Scene, Grid, tuple[Step, ...], Path, Options], tuple[OutputFile, ...]]


def plan_job(
    scene: Scene,
    cards: tuple[Card, ...],
    output: str,
    options: Options,
    earlier: tuple[Scene, ...] = (),
    arrangement: Arrangement | None = None,
) -> Job:
    """Plan a run.

    Args:
        scene: the scene (of several dates the latest).
        cards: the models, one for each group of target bands.
        output: path of the GeoTIFF.
        options: what the user chose.
        earlier: further dates on the same grids, oldest first.
        arrangement: output grid and bands, where they are not those of the scene and the cards.

    Returns:
        The job, without the results of passes over the scene.

    Raises:
        CardError: a card does not fit the scene or its network.
        ModelError: a network cannot be analysed or run in tiles.
        GridError, OutputError: the grids or the extent do not fit; the output cannot be written.
    """
    path = Path(output).expanduser()
    bounds = [Path(options.interval_output).expanduser()] if options.interval_output else []
    _check_places((*earlier, scene), [path, *bounds])
    for card in cards:
        check_dates(card, 1 + len(earlier))
    target = target_grid(scene, cards) if arrangement is None else arrangement.target
    networks = tuple(inspect_network(card) for card in cards)
    steps = tuple(plan_step(scene, target, card, network, options) for card, network in zip(cards, networks))
    check_grids(scene, target, earlier)
    snap = round(scene.coarsest.gsd / target.gsd)
    window, map_grid = _area(scene, target, options, snap)
    files = (output_files if arrangement is None else arrangement.files)(scene, target, steps, path, options)
    joined = joined_path(path, options)
    _check_places((*earlier, scene), [*([joined] if joined else []), *(file.path for file in files)])
    workers, threads = _parallelism()
    return Job(
        scenes=(*earlier, scene),
        target=target,
        window=window,
        steps=steps,
        files=files,
        tile=tile_side(target, steps, networks, snap, options),
        device=options.device,
        workers=workers,
        threads=threads,
        identity=(*identity_of((*earlier, scene), steps, files, window, options), *blend_identity(steps)),
        tags=(*tags_of(scene, steps, options), *blend_tags(steps)),
        resume=options.resume,
        cog=options.cog,
        guard=options.guard,
        notes=_notes(scene, target, steps, options) if arrangement is None else blend_notes(steps),
        joined=joined,
        map_grid=map_grid,
    )


def _check_places(dates: tuple[Scene, ...], paths: list[Path]) -> None:
    for date in dates:
        check_outputs(date, paths)


def _area(scene: Scene, target: Grid, options: Options, snap: int) -> tuple[Window, Grid | None]:
    """Return the window of the output grid that is written and, of a swath, the grid of its map."""
    if scene.geolocation is not None:
        grid, window = map_of_swath(scene, target, options.target_crs, options.extent, options.extent_crs, snap)
        return window, grid
    if options.extent is not None:
        return extent_window(target, options.extent, options.extent_crs, snap), None
    return target.window, None


def target_grid(scene: Scene, cards: tuple[Card, ...]) -> Grid:
    """Return the output grid of the whole scene: its finest, refined where the models make smaller pixels still."""
    finest = scene.finest
    wanted = min((card.gsd for card in cards), default=finest.gsd / scene.gsd_ratio)
    factor = round(finest.gsd / scene.gsd_ratio / wanted)
    return finest.refine(factor) if factor > 1 else finest


def plan_step(scene: Scene, target: Grid, card: Card, network: Network, options: Options) -> Step:
    """Fit one model to a scene.

    Args:
        scene: the scene.
        target: the output grid of the whole scene.
        card: the model.
        network: what is known of its graph.
        options: ``consistency``, ``guard`` and ``interval_output`` take context around a tile or results of their own.

    Raises:
        CardError: the scene lacks a band, or a band's GSD is not the card's.
        ModelError: the card says that tiles are exact, and the network sees the whole image.
    """
    if not scene.has(card.input_bands):
        missing = [name for name in card.input_bands if not scene.has((name,))]
        raise CardError(f"{card.id} needs the bands {', '.join(missing)}, which {scene.name} lacks.")
    finest = target.gsd / scene.gsd_ratio
    if abs(finest / card.gsd - 1) > GSD_TOLERANCE:
        whose = f"finest grid of {scene.name}" if target == scene.finest else "output of these models"
        raise CardError(f"{card.id} makes {card.gsd:g} m bands, but the {whose} is {finest:g} m.")
    for tensor in card.inputs:
        for name in tensor.bands:
            gsd = scene.nominal_gsd(name)
            if abs(gsd / tensor.gsd - 1) > GSD_TOLERANCE:
                raise CardError(f"{card.id} expects {name} at {tensor.gsd:g} m, but {scene.name} has it at {gsd:g} m.")
    blend = blend_of(card, network)
    factors = {name: round(scene.band(name).gsd / target.gsd) for name in card.target_bands if name in card.input_bands}
    spreads, margin = _consistency(scene, card, factors if options.consistency else {})
    return Step(
        card,
        verify_model(card),
        card.scale_factor,
        _halo(card, network, margin, factors if options.guard == FALL_BACK else {}, blend),
        network.alignment,
        margin=margin,
        sensor_spreads=spreads,
        interval=card.interval if options.interval_output else None,
        blend=blend,
    )


def _notes(scene: Scene, target: Grid, steps: tuple[Step, ...], options: Options) -> tuple[str, ...]:
    coarse = bands_not_copied(scene, target, steps) if options.copy_fine_bands else ()
    left_out = f"Not in the output, being coarser than its {target.gsd:g} m: {', '.join(coarse)}."
    return (*blend_notes(steps), *((left_out,) if coarse else ()))


def _consistency(scene: Scene, card: Card, factors: dict[str, int]) -> tuple[tuple[tuple[str, float], ...], int]:
    """Return the bands to be made consistent with their point spreads, and the margin in pixels of the coarsest input.

    Results of several dates are of none of them, and bands at the output's GSD have nothing to return.
    """
    if any(tensor.dates > 1 for tensor in card.inputs):
        return (), 0
    sigmas = {name: scene_sigma(scene, name, factor) for name, factor in factors.items() if factor > 1}
    around = [margin_of(sigma, factors[name]) * factors[name] for name, sigma in sigmas.items()]
    return tuple(sigmas.items()), -(-max(around, default=0) // card.scale_factor)


def _halo(card: Card, network: Network, margin: int, enlarged: dict[str, int], blend: CardBlend | None) -> int:
    """Return the halo of network, consistency and cubic convolution, a multiple of the alignment.

    A tile that blends blocks needs all of those that touch it.
    """
    reach = network.halo if blend is None else max(blend.block, blend.multiple)
    cubic = max((-(-BICUBIC_REACH * factor // card.scale_factor) for factor in enlarged.values()), default=0)
    return -(-max(reach + margin, cubic) // network.alignment) * network.alignment


def _parallelism() -> tuple[int, int]:
    """Return tiles at a time and processors a tile: two tiles keep the processors busy while one is handed over."""
    available = cores()
    workers = min(2, available)
    return workers, max(1, available // workers)
