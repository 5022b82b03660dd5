# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads through QGIS's own network access: its proxy, certificates and authentication apply.

Both functions block the calling thread, which may be a worker, and react to cancellation within a tenth of a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsBlockingNetworkRequest, QgsFeedback, QgsFileDownloader
from qgis.PyQt.QtCore import QEventLoop, QTimer, QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest

from ..core.errors import CancelledError, SatSharpError

MAXIMUM_TEXT_BYTES = 64 << 20
_POLL_MILLISECONDS = 100


class DownloadError(SatSharpError):
    """An address cannot be reached, or does not deliver what was expected."""


def read_text(url: str, accept: str, is_cancelled: Callable[[], bool]) -> str:
    """Return a text document of at most 64 MB.

    Args:
        url: address, http or https.
        accept: value of the Accept header.
        is_cancelled: asked all the while.

    Raises:
        DownloadError: the server cannot be reached, refuses, or sends too much.
        CancelledError: the user cancelled.
    """
    request = QNetworkRequest(_checked(url))
    request.setRawHeader(b"Accept", accept.encode("ascii"))
    feedback = QgsFeedback()
    timer = QTimer()
    timer.timeout.connect(lambda: feedback.cancel() if is_cancelled() else None)
    timer.start(_POLL_MILLISECONDS)
    blocking = QgsBlockingNetworkRequest()
    outcome = blocking.get(request, False, feedback)
    timer.stop()
    if is_cancelled():
        raise CancelledError("The download was cancelled.")
    if outcome != QgsBlockingNetworkRequest.ErrorCode.NoError:
        raise _failure(url, blocking.errorMessage())
    content = bytes(blocking.reply().content())
    if len(content) > MAXIMUM_TEXT_BYTES:
        raise _failure(url, f"it sent more than {MAXIMUM_TEXT_BYTES} bytes")
    return content.decode("utf-8", errors="replace")


def download(
    url: str,
    path: Path,
    maximum_bytes: int,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> None:
    """Store the file of an address; it appears under its name only when it is complete.

    Args:
        url: address, http or https.
        path: where the file goes.
        maximum_bytes: a longer answer is refused while it comes in.
        progress: told the part (0 to 1) that is done, where the server says how long the file is.
        is_cancelled: asked all the while.

    Raises:
        DownloadError: the server cannot be reached or refuses, the answer is too long, or the disk cannot be written.
        CancelledError: the user cancelled; no file is left.
    """
    partial = path.with_name(path.name + ".partial")
    problems = _run_downloader(_checked(url), partial, maximum_bytes, progress, is_cancelled)
    cancelled = is_cancelled()
    try:
        if not problems and not cancelled:
            os.replace(partial, path)
    except OSError as error:
        problems.append(f"{path} cannot be written ({error.strerror})")
    finally:
        partial.unlink(missing_ok=True)
    if cancelled:
        raise CancelledError("The download was cancelled.")
    if problems:
        raise _failure(url, " ".join(problems))


def _run_downloader(
    url: QUrl,
    partial: Path,
    maximum_bytes: int,
    progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> list[str]:
    """Run one QgsFileDownloader to its end and return what went wrong."""
    problems: list[str] = []
    loop = QEventLoop()
    downloader = QgsFileDownloader(url, str(partial), "", True)

    def watch(received: int, total: int) -> None:
        if max(received, total) > maximum_bytes and not problems:
            problems.append(f"it sends more than the expected {maximum_bytes} bytes")
            downloader.cancelDownload()
        elif total > 0:
            progress(received / total)

    timer = QTimer()
    timer.timeout.connect(lambda: downloader.cancelDownload() if is_cancelled() else None)
    downloader.downloadProgress.connect(watch)
    downloader.downloadError.connect(problems.extend)
    downloader.downloadExited.connect(loop.quit)
    timer.start(_POLL_MILLISECONDS)
    downloader.startDownload()
    loop.exec()
    timer.stop()
    return problems


def _checked(url: str) -> QUrl:
    address = QUrl(url)
    if not address.isValid() or address.scheme() not in ("http", "https"):
        raise DownloadError(f"{url!r} is no web address. Use one that starts with https://.")
    return address


def _failure(url: str, reason: str) -> DownloadError:
    return DownloadError(
        f"The download from {QUrl(url).host()} failed: {reason.strip().rstrip('.')}. "
        "Check the connection and the proxy in Settings > Options > Network, then try again."
    )
