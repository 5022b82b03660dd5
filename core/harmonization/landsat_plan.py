# SPDX-License-Identifier: GPL-2.0-or-later
"""The plan of a harmonization: the engine's job, whose output bands are Sentinel-2's instead of Landsat's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..adjustment import Adjustment
from ..cards import Card
from ..errors import CardError, ProductError
from ..grid import Grid
from ..job import Job, Step
from ..options import Options
from ..output_files import files_of_bands
from ..output_records import OutputBand, OutputFile
from ..planning import Arrangement, plan_job
from ..products.angle_lattice import on_grid
from ..products.angles import open_angles
from ..products.cloud_raster import CLASSES, COVER
from ..scene import Band, Scene
from ..sensors import Sensor
from .bandpass import adjustments
from .factor_field import FactorField, c_factors, target_sun_zenith
from .landsat_identity import check_places, identity_of
from .landsat_request import AUTO, NODATA, ORIGINAL, PAIRS, PAN, PANSHARPEN, HarmonizeRequest
from .landsat_scene import LandsatScene, has_cover
from .tables import BandpassTable, load_bandpass, load_brdf

# Digital numbers as HLS has them: reflectance x 10000, negative ones too.
SCALE, NODATA_NUMBER, DTYPE = 0.0001, -9999.0, "int16"
CLASSES_NODATA = 255.0
DEFAULT_TARGET = "sentinel2a"


@dataclass(frozen=True)
class Corrections:
    """What is done to each Landsat band's reflectance after its model, and how that reads in the tags.

    Attributes:
        bands: (Landsat band, adjustment).
        notes: sentences for the user.
        tags: for the output.
        warnings: what had to be assumed.
    """

    bands: tuple[tuple[str, Adjustment], ...]
    notes: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()


def plan_harmonization(request: HarmonizeRequest, found: LandsatScene, sentinel2: Sensor) -> Job:
    """Plan a harmonization; :func:`core.super_resolution.run` runs it.

    Args:
        request: what the user asked for.
        found: the opened product.
        sentinel2: sensor file with the wavelengths of its bands.

    Raises:
        CardError: the model does not fit, or bounds are asked for without one.
        ProductError: the angles cannot be read.
        SensorError: a table lacks a band or a sensor.
        GridError: the extent does not fit.
        OutputError: the output cannot be written.
    """
    corrections = corrections_of(request, found)
    cards = () if request.card is None else (request.card,)

    def files(
        scene: Scene, grid: Grid, steps: tuple[Step, ...], path: Path, options: Options
    ) -> tuple[OutputFile, ...]:
        return _files(request, scene, steps, path, options, dict(corrections.bands), sentinel2)

    job = plan_job(found.scene, cards, request.output, request.options, arrangement=Arrangement(found.target, files))
    check_places(found, list(job.places))
    return replace(
        job,
        tags=(*_tags(job, request), *_reference_tag(found), *corrections.tags),
        identity=identity_of(job, request, found, corrections.bands),
        notes=(*job.notes, *corrections.notes),
        warnings=(*job.warnings, *corrections.warnings),
    )


def _tags(job: Job, request: HarmonizeRequest) -> tuple[tuple[str, str], ...]:
    """Return the tags of the outputs, whose digital numbers are not the input's."""
    own = {
        "SATSHARP_METHOD": request.method,
        "SATSHARP_DIGITAL_NUMBERS": "reflectance = digital number x 0.0001",
        "SATSHARP_UNDER_CLOUDS": request.under_clouds,
    }
    if request.options.reflectance:
        del own["SATSHARP_DIGITAL_NUMBERS"]
    return tuple({**dict(job.tags), **own}.items())


def _reference_tag(found: LandsatScene) -> tuple[tuple[str, str], ...]:
    return () if found.reference is None else (("SATSHARP_REFERENCE", found.reference.title),)


def corrections_of(request: HarmonizeRequest, found: LandsatScene) -> Corrections:
    """Return the corrections after the model: BRDF normalisation, then bandpass.

    Raises:
        ProductError: the angles cannot be read.
        SensorError: a table lacks a band or a sensor.
    """
    names = tuple(landsat for landsat, _ in PAIRS)
    fields: dict[str, FactorField] = {}
    notes: list[str] = []
    warnings: tuple[str, ...] = ()
    tags: list[tuple[str, str]] = []
    if request.brdf:
        angles = open_angles("|".join(_sources(found)))
        warnings = angles.notes
        table = load_brdf(request.brdf_table)
        zenith = target_sun_zenith(angles) if request.sun_zenith is None else request.sun_zenith
        made = on_grid(c_factors(angles, names, table, zenith), found.target, "the result")
        fields = {field.band: field for field in made}
        least = min(float(field.values.min()) for field in fields.values())
        most = max(float(field.values.max()) for field in fields.values())
        notes.append(
            f"BRDF: to a view from the zenith and a sun at {zenith:.2f} degrees from it (factors {least:.3f} to "
            f"{most:.3f})."
        )
        tags.append(("SATSHARP_BRDF", f"{table.info.id}; sun zenith {zenith:.4f}"))
    lines = dict.fromkeys(names, (1.0, 0.0))
    if request.target and not makes_sentinel2(request.card):
        bandpass = load_bandpass(request.bandpass_table)
        satellite = found.product.product.metadata.spacecraft.replace("_", "").lower()
        target = _bandpass_target(request, found, bandpass)
        lines = {line.band: (line.slope, line.offset) for line in adjustments(bandpass, satellite, target, names)}
        tags.append(("SATSHARP_BANDPASS", f"{satellite} -> {target} (table {bandpass.info.id})"))
    bands = tuple((name, Adjustment(*lines[name], fields.get(name))) for name in names)
    return Corrections(bands, tuple(notes), tuple(tags), warnings)


def makes_sentinel2(card: Card | None) -> bool:
    """Return whether a model returns Sentinel-2's bands itself, so that no line between bandpasses follows."""
    return card is not None and {name for _, name in PAIRS} <= {*card.target_bands}


def _bandpass_target(request: HarmonizeRequest, found: LandsatScene, table: BandpassTable) -> str:
    """Return the sensor whose bandpass is wanted."""
    if request.target != AUTO:
        return request.target
    told = "" if found.reference is None else found.reference.sensor
    return told if told in table.sensors else DEFAULT_TARGET


def _sources(found: LandsatScene) -> tuple[str, ...]:
    """Return the products that may tell the angles."""
    level1 = found.product.level1
    beside = (level1.metadata.path,) if level1 is not None and level1 is not found.product.product else ()
    return (found.product.product.metadata.path, *beside)


def _files(
    request: HarmonizeRequest,
    scene: Scene,
    steps: tuple[Step, ...],
    path: Path,
    options: Options,
    corrections: dict[str, Adjustment],
    sentinel2: Sensor,
) -> tuple[OutputFile, ...]:
    """Return the six bands of Sentinel-2, their bounds, and the classes."""
    if options.interval_output and (not steps or request.method == PANSHARPEN):
        what = "Pansharpening" if steps else "Cubic convolution"
        raise CardError(
            f"{what} has no bounds, so INTERVAL_OUTPUT cannot be made. Choose the METHOD network, or leave "
            "INTERVAL_OUTPUT empty."
        )
    cover = COVER if has_cover(scene) and request.under_clouds in (ORIGINAL, NODATA) else ""
    bands = harmonized_bands(scene, steps, corrections, sentinel2, cover, request.under_clouds == ORIGINAL)
    files = files_of_bands(bands, (DTYPE, NODATA_NUMBER), steps, path, options)
    if not request.quality_output:
        return files
    if not has_cover(scene):
        raise ProductError(f"{scene.name} has no QA_PIXEL, so there is no quality raster. Leave QA_OUTPUT empty.")
    classes = OutputBand(scene.band(CLASSES))
    place = Path(request.quality_output).expanduser()
    return (*files, OutputFile(place, (classes,), "uint8", CLASSES_NODATA, beside=True))


def harmonized_bands(
    scene: Scene,
    steps: tuple[Step, ...],
    corrections: dict[str, Adjustment],
    sentinel2: Sensor,
    cover: str = "",
    original: bool = False,
) -> tuple[OutputBand, ...]:
    """Return the six bands of Sentinel-2 that are made of Landsat's.

    Args:
        scene: Landsat's bands: for a network on its grids, for cubic convolution on the output's.
        steps: the network, or nothing for cubic convolution.
        corrections: Landsat band -> what is done after that.
        sentinel2: sensor file with the wavelengths of its bands.
        cover: band of the scene that tells where the ground is hidden; empty for nowhere.
        original: whether enlarged Landsat pixels stand there instead of nodata.
    """
    bands = []
    for landsat, name in PAIRS:
        declared = sentinel2.band(name)
        # The scene has no band of this name: what is said of it here is what the output says.
        wavelengths = declared.wavelength_nm, declared.bandwidth_nm
        grid = scene.band(landsat).grid
        band = Band(name, "", 0, grid, "Int16", NODATA_NUMBER, None, SCALE, 0.0, *wavelengths)
        output = OutputBand(
            band,
            masks=(landsat, PAN) if steps else (landsat,),
            adjustment=corrections[landsat],
            cover=cover,
            under=landsat if original else "",
        )
        bands.append(_made(output, landsat, steps))
    return tuple(bands)


def _made(output: OutputBand, landsat: str, steps: tuple[Step, ...]) -> OutputBand:
    """Return the output band with where its values come from."""
    for index, step in enumerate(steps):
        for tensor in step.card.outputs:
            for name in (landsat, output.band.name):
                if tensor.role == "value" and name in tensor.bands:
                    return replace(output, step=index, tensor=tensor.name, channel=tensor.bands.index(name))
    if steps:
        raise CardError(f"{steps[0].card.id} makes no {landsat}, so it cannot harmonize. Choose another MODEL.")
    return replace(output, enlarged=landsat)
