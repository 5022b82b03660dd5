# SPDX-License-Identifier: GPL-2.0-or-later
"""How the tests run the algorithm, and read what it wrote."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("qgis.core")

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProject,
)
from qgis.PyQt.QtCore import QEventLoop, QTimer

ALGORITHM = "satsharp:superresolve_sentinel2"
SMALL = {"EXTENT": "601200,601800,5697600,5698200 [EPSG:32631]"}
ORDER = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")


def algorithm(identifier=ALGORITHM):
    return QgsApplication.processingRegistry().createAlgorithmById(identifier)


def run(product, tmp_path, log, context, **parameters):
    """Run the algorithm as a script would; the tiny 20 m model unless another is asked for."""
    import processing

    values = {"INPUT": str(product.safe), "OUTPUT": str(tmp_path / "out.tif"), "MODEL": "test-20m", **parameters}
    return processing.run(ALGORITHM, values, feedback=log, context=context)


def read(path, names=None):
    """Return the bands of a raster by name as a (bands, rows, columns) array."""
    dataset = gdal.Open(str(path))
    by_name = {dataset.GetRasterBand(i + 1).GetDescription(): i + 1 for i in range(dataset.RasterCount)}
    return np.stack([dataset.GetRasterBand(by_name[name]).ReadAsArray() for name in names or by_name])


def describe(path):
    """Return size, geotransform, band names and the like as plain values.

    No test keeps a dataset: one that a failed test holds until QGIS has closed GDAL ends Python with a double free.
    """
    dataset = gdal.Open(str(path))
    bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
    return SimpleNamespace(
        size=(dataset.RasterXSize, dataset.RasterYSize),
        transform=dataset.GetGeoTransform(),
        epsg=dataset.GetSpatialRef().GetAuthorityCode(None),
        names=tuple(band.GetDescription() for band in bands),
        types={gdal.GetDataTypeName(band.DataType) for band in bands},
        nodata={band.GetNoDataValue() for band in bands},
        layout=dataset.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE"),
    )


def band_file(product, name, gsd):
    [path] = product.safe.rglob(f"*_{name}_{gsd}m.jp2")
    return path


def enlarge(path):
    """Return a band enlarged to 10 m by GDAL's cubic convolution."""
    return gdal.Warp("", str(path), format="MEM", xRes=10, yRes=10, resampleAlg="cubic").ReadAsArray()


def run_as_task(values, log, loaded=""):
    """Run the algorithm as the dialog does, on a worker thread, and load the result into the project.

    ``loaded`` is the path that is loaded where it is not that of OUTPUT.
    """
    project = QgsProject.instance()
    context = QgsProcessingContext()
    context.setProject(project)
    made = algorithm()
    path = values["OUTPUT"]
    values = {**values, "OUTPUT": QgsProcessingOutputLayerDefinition(path, project)}
    path = loaded or path
    task = QgsProcessingAlgRunnerTask(made, values, context, log)
    loop, outcome = QEventLoop(), []
    task.executed.connect(lambda successful, results: (outcome.append((successful, results)), loop.quit()))
    QTimer.singleShot(60_000, loop.quit)
    QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert context.willLoadLayerOnCompletion(path)
    layer = QgsProcessingUtils.mapLayerFromString(path, context)
    processor = context.layerToLoadOnCompletionDetails(path).postProcessor()
    if processor is not None:
        processor.postProcessLayer(layer, context, log)
    return outcome, context.takeResultLayer(layer.id()), processor
