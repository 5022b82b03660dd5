# SPDX-License-Identifier: GPL-2.0-or-later
"""The pair report as a page that holds its plots and maps; names of files are written by others, so all is escaped."""

from __future__ import annotations

import html
import math

import numpy as np
import numpy.typing as npt

from ..core.quality.comparison import Figure
from ..core.quality.density import ShownDensity
from ..core.quality.pair import PairResult
from ..core.quality.pair_album import Picture
from ..core.quality.pair_document import DEFINITIONS
from ..core.quality.pair_plan import PairJob
from ..core.quality.png import DIVERGING, SEQUENCE, data_address, natural, ramp
from ..core.quality.svg import Axis, Plot
from ..core.version import version
from ..plugin.i18n import Translated

_STYLE = (
    "body{font-family:sans-serif;max-width:1200px;margin:1em auto;color:#222}"
    "table{border-collapse:collapse;margin:.5em 0}td,th{border:1px solid #bbb;padding:3px 8px;text-align:right}"
    "td:first-child,th:first-child{text-align:left}.good{color:#1a7a34}.bad{color:#b3261e}"
    "figure{display:inline-block;margin:6px 10px 6px 0;vertical-align:top}figcaption{font-size:12px;max-width:360px}"
)
_COLUMNS = ("slope", "intercept", "r2", "bias", "rmse", "nrmse", "psnr", "ssim")
_HEADS = {"slope": "slope", "intercept": "intercept", "r2": "R²", "bias": "bias", "rmse": "RMSE", "nrmse": "NRMSE"}
_HEADS.update({"psnr": "PSNR", "ssim": "SSIM", "correlation": "r", "mae": "MAE"})
_LESS_IS_BETTER = {"rmse", "nrmse", "mae", "sam"}
_MORE_IS_BETTER = {"r2", "psnr", "ssim", "correlation"}
_DIGITS = {"psnr": 2, "r2": 4, "ssim": 4, "slope": 4, "correlation": 4, "sam": 3}
_STRETCH = (2, 98)


class QualityReport(Translated):
    """Writes the page."""

    def __init__(self, job: PairJob, result: PairResult) -> None:
        """Take what was compared and what came of it."""
        self._job, self._result = job, result
        self._titles = [stage.raster.source.title for stage in job.stages]

    def page(self) -> str:
        """Return the page."""
        reference = self._job.reference.source.title
        title = self.tr("{} compared with {}").format(self._titles[0], reference)
        parts = [
            f"<h1>{html.escape(title)}</h1>",
            *self._summary(),
            f"<h2>{html.escape(self.tr('Bands'))}</h2>",
            *self._band_tables(),
            f"<h2>{html.escape(self.tr('Indices'))}</h2>" if self._job.indices else "",
            self._index_table(),
            f"<h2>{html.escape(self.tr('Scatter plots'))}</h2>",
            *self._scatter_plots(),
            f"<h2>{html.escape(self.tr('Maps'))}</h2>",
            *self._maps(),
            f"<h2>{html.escape(self.tr('How it was done'))}</h2>",
            *self._notes(),
        ]
        content = "\n".join(part for part in parts if part)
        return (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
            f"<style>{_STYLE}</style></head><body>\n{content}\n</body></html>\n"
        )

    def _summary(self) -> list[str]:
        result, job = self._result, self._job
        text = self.tr("{} common clear pixels of {} m, {} % of the common extent.").format(
            result.pixels, f"{job.target.gsd:g}", f"{100 * result.pixels / result.total:.1f}"
        )
        rows = []
        for name, title in (
            ("rmse", self.tr("RMSE, all bands")),
            ("nrmse", self.tr("NRMSE, all bands")),
            ("psnr", self.tr("PSNR, all bands (dB)")),
            ("ssim", self.tr("SSIM, mean of bands")),
            ("sam", self.tr("Spectral angle (degrees)")),
        ):
            values = [
                getattr(agreement, name) if name in ("ssim", "sam") else getattr(agreement.overall, name)
                for agreement in result.agreements
            ]
            rows.append((title, *self._cells(name, values)))
        for figures in zip(*(agreement.indices for agreement in result.agreements)):
            values = [figure.moments.correlation for figure in figures]
            title = self.tr("Correlation of {}").format(figures[0].name)
            rows.append((title, *self._cells("correlation", values)))
        return [f"<p>{html.escape(text)}</p>", self._table((self.tr("Figure"), *self._stage_heads()), rows)]

    def _stage_heads(self) -> tuple[str, ...]:
        """Return the heads of the columns of all stages: after, before, change."""
        if len(self._titles) == 1:
            return (self._titles[0],)
        before = self.tr("before: {}").format(self._titles[1])
        return self.tr("after: {}").format(self._titles[0]), before, self.tr("change")

    def _cells(self, name: str, values: list[float]) -> tuple[str, ...]:
        """Return the cells of a figure of all stages, and its change where there are two."""
        digits = _DIGITS.get(name, 5)
        cells = [_number(value, digits) for value in values]
        if len(values) == 1:
            return tuple(cells)
        change = values[0] - values[1]
        better = (change < 0 and name in _LESS_IS_BETTER) or (change > 0 and name in _MORE_IS_BETTER)
        worse = (change > 0 and name in _LESS_IS_BETTER) or (change < 0 and name in _MORE_IS_BETTER)
        shown = _number(change, digits, sign=True)
        kind = "good" if better else "bad" if worse else ""
        return (*cells, f'<span class="{kind}">{shown}</span>' if kind else shown)

    def _band_tables(self) -> list[str]:
        parts = []
        for stage, agreement in zip(self._job.stages, self._result.agreements):
            pairs = {pair.reference.name: pair.text for pair in stage.pairs}
            rows = [
                (
                    html.escape(pairs[figure.name]),
                    *(_number(_value(figure, name), _DIGITS.get(name, 5)) for name in _COLUMNS),
                )
                for figure in agreement.bands
            ]
            parts.append(f"<h3>{html.escape(stage.raster.source.title)}</h3>")
            parts.append(self._table((self.tr("Band"), *(_HEADS[name] for name in _COLUMNS)), rows))
        return parts

    def _index_table(self) -> str:
        names = ("correlation", "mae", "rmse", "bias")
        rows = []
        for figures in zip(*(agreement.indices for agreement in self._result.agreements)):
            cells = [cell for name in names for cell in self._cells(name, [_value(figure, name) for figure in figures])]
            definition = DEFINITIONS[figures[0].name].split(", ")[0]
            rows.append((f"{html.escape(figures[0].name)} {html.escape(definition)}", *cells))
        if not rows:
            return ""
        stages = (self.tr("after"), self.tr("before"), self.tr("change")) if len(self._titles) > 1 else ("",)
        heads = [f"{_HEADS[name]} {stage}".strip() for name in names for stage in stages]
        return self._table((self.tr("Index"), *heads), rows)

    def _scatter_plots(self) -> list[str]:
        rows = []
        for number in range(len(self._job.names) + len(self._job.indices)):
            figures = [(*agreement.bands, *agreement.indices)[number] for agreement in self._result.agreements]
            row = "".join(
                f"<figure>{self._scatter(figure, title)}</figure>" for figure, title in zip(figures, self._titles)
            )
            # What is before stands beside what is after; of one raster alone the plots fill the lines.
            rows.append(f"<div>{row}</div>" if len(figures) > 1 else row)
        return rows

    def _scatter(self, figure: Figure, title: str) -> str:
        shown, moments = figure.density, figure.moments
        axes = (
            Axis(shown.low, shown.high, self._job.reference.source.title[:44]),
            Axis(shown.low, shown.high, title[:44]),
        )
        plot = Plot(*axes, figure.name)
        plot.image(data_address(_density(shown)))
        ends = (shown.low, shown.high)
        plot.line([(value, value) for value in ends], "#555555", 1, "4 3")
        if math.isfinite(moments.slope):
            plot.line([(value, moments.slope * value + moments.intercept) for value in ends], "#d01c1c", 1.5)
        plot.note(
            [
                f"y = {_number(moments.slope, 3)} x {_number(moments.intercept, 4, sign=True)}",
                f"R² = {_number(moments.r2, 3)}, RMSE = {_number(moments.rmse, 4)}",
            ]
        )
        return plot.text()

    def _maps(self) -> list[str]:
        pictures = self._result.pictures
        reference = next(picture for picture in pictures if picture.kind == "colours")
        limits = _limits(reference.values)
        largest = {kind: _largest(pictures, kind) for kind in ("error", "difference")}
        rows: dict[str, list[str]] = {}
        for picture in pictures:
            pixels, words = self._coloured(picture, limits, largest)
            caption = html.escape(f"{picture.title}: {words}")
            rows.setdefault(picture.kind, []).append(
                f'<figure><img src="{data_address(pixels)}" alt="{caption}" width="{min(380, pixels.shape[1])}">'
                f"<figcaption>{caption}</figcaption></figure>"
            )
        return [f"<div>{''.join(figures)}</div>" for figures in rows.values()]

    def _coloured(
        self, picture: Picture, limits: npt.NDArray[np.float64], largest: dict[str, float]
    ) -> tuple[npt.NDArray[np.uint8], str]:
        if picture.kind == "colours":
            words = self.tr("natural colours") if len(picture.values) == 3 else self.tr("first band")
            return natural(picture.values, limits[0], limits[1]), words
        bound = largest[picture.kind]
        if picture.kind == "error":
            words = self.tr("root mean square difference of the bands, 0 (dark) to {} (bright)")
            return ramp(picture.values, 0.0, bound, SEQUENCE), words.format(f"{bound:.3g}")
        words = self.tr("difference of NDVI, -{} (blue) to {} (red)")
        return ramp(picture.values, -bound, bound, DIVERGING), words.format(f"{bound:.3g}", f"{bound:.3g}")

    def _notes(self) -> list[str]:
        job = self._job
        sentences = [*job.notes, *job.warnings]
        for clouds, cover in zip(job.clouds, self._result.covers):
            sentences.append(self.tr("Masked by {}: {}").format(clouds.kind, clouds.options.text))
            sentences.append(cover.text)
        sentences.append(
            self.tr(
                "The plots show pairs of values, the brighter the more of them; dashed is equality, red the line of "
                "least squares. Every figure is of the pixels that are valid in all bands of all rasters and clear."
            )
        )
        sentences.append("; ".join(f"{name}: {text}" for name, text in DEFINITIONS.items()) + ".")
        sentences.append(f"SatSharp {version()}")
        return [f"<p>{html.escape(sentence)}</p>" for sentence in sentences]

    def _table(self, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
        """Return a table; heads are escaped here, cells are HTML already."""
        head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
        body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table>\n<tr>{head}</tr>\n{body}\n</table>"


def _value(figure: Figure, name: str) -> float:
    return figure.ssim if name == "ssim" else float(getattr(figure.moments, name))


def _number(value: float, digits: int, sign: bool = False) -> str:
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞"
    return f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"


def _density(shown: ShownDensity) -> npt.NDArray[np.uint8]:
    """Return a picture with y upwards, coloured by the logarithm of the counts; where there is no pair it is empty."""
    counts = shown.counts[::-1].astype(np.float64)
    logarithm = np.where(counts > 0, np.log1p(counts), np.nan)
    return ramp(logarithm, 0.0, float(np.log1p(counts.max())))


def _limits(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the quantiles (2, channels) between which the reference's colours are stretched."""
    flat = values.reshape(len(values), -1)
    return np.array([np.nanpercentile(channel, _STRETCH) for channel in flat]).T


def _largest(pictures: tuple[Picture, ...], kind: str) -> float:
    found = [np.abs(picture.values[np.isfinite(picture.values)]) for picture in pictures if picture.kind == kind]
    values = np.concatenate(found) if found else np.zeros(1)
    return float(np.percentile(values, _STRETCH[1])) or 1.0 if values.size else 1.0
