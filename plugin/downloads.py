# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads through QGIS's own network access: its proxy, certificates, redirects and time limit apply.

Both functions block the calling thread, which may be a worker, and react to cancellation within a tenth of a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtCore import QEventLoop, QTimer, QUrl
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

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
    content = bytearray()
    request = web_request(url)
    request.setRawHeader(b"Accept", accept.encode("ascii"))
    Reception(request, content.extend, MAXIMUM_TEXT_BYTES, lambda _: None, is_cancelled).wait()
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
    request = web_request(url)
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as stream:
            Reception(request, stream.write, maximum_bytes, progress, is_cancelled).wait()
        os.replace(partial, path)
    except OSError as error:
        raise DownloadError(
            f"{path} cannot be written: {error.strerror or error}. Free some space or choose another folder."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


class Reception:
    """Receives one answer piece by piece.

    An exception that leaves a Qt slot ends the program: what goes wrong in one is kept and raised by ``wait``.
    """

    def __init__(
        self,
        request: QNetworkRequest,
        store: Callable[[bytes], object],
        maximum_bytes: int,
        progress: Callable[[float], None],
        is_cancelled: Callable[[], bool],
        begin: Callable[[QNetworkReply], int] = lambda _: 0,
    ) -> None:
        """Send the request.

        Args:
            request: what to ask for.
            store: takes the pieces.
            maximum_bytes: a longer file is refused.
            progress: told the part (0 to 1) that is done.
            is_cancelled: asked all the while.
            begin: called before the first piece; returns how many bytes of the file are there already.
        """
        self._store, self._maximum = store, maximum_bytes
        self._progress, self._is_cancelled = progress, is_cancelled
        self._begin, self._kept, self._received = begin, -1, 0
        self._problem: Exception | None = None
        self._reply = QgsNetworkAccessManager.instance().get(request)

    def wait(self) -> None:
        """Run until the answer is complete, and raise what went wrong."""
        loop, timer = QEventLoop(), QTimer()
        timer.timeout.connect(self._poll)
        self._reply.readyRead.connect(self._take)
        self._reply.finished.connect(loop.quit)
        timer.start(_POLL_MILLISECONDS)
        if not self._reply.isFinished():
            loop.exec()
        timer.stop()
        self._take()
        self._reply.deleteLater()
        if self._problem is not None:
            raise self._problem
        if self._reply.error() != QNetworkReply.NetworkError.NoError:
            raise download_failure(self._reply.url(), self._reply.errorString())
        if self._is_refusal():
            raise download_failure(self._reply.url(), f"the server answers with status {self.status}")

    def _poll(self) -> None:
        if self._is_cancelled():
            self._fail(CancelledError("The download was cancelled."))

    def _take(self) -> None:
        if self._problem is not None or self._is_refusal():  # an error page is not the file
            return
        piece = bytes(self._reply.readAll())
        try:
            if piece and self._kept < 0:
                self._kept = self._received = self._begin(self._reply)
            self._received += len(piece)
            total = int(self._reply.header(QNetworkRequest.KnownHeaders.ContentLengthHeader) or 0)
            total += max(self._kept, 0) if total else 0
            if max(self._received, total) > self._maximum:
                raise download_failure(self._reply.url(), f"it sends more than the expected {self._maximum} bytes")
            self._store(piece)
        except (OSError, DownloadError) as error:
            self._fail(error)
            return
        if total > 0 and piece:
            self._progress(self._received / total)

    def _is_refusal(self) -> bool:
        return self.status >= 300

    @property
    def status(self) -> int:
        """HTTP status of the answer; 0 while there is none."""
        return int(self._reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) or 0)

    def _fail(self, problem: Exception) -> None:
        self._problem = problem
        self._reply.abort()


def web_request(url: str) -> QNetworkRequest:
    """Return the request for an address.

    Raises:
        DownloadError: it is no web address.
    """
    address = QUrl(url)
    if not address.isValid() or address.scheme() not in ("http", "https"):
        raise DownloadError(f"{url!r} is no web address. Use one that starts with https://.")
    request = QNetworkRequest(address)
    # QGIS would keep a copy of some hundred megabytes in its cache.
    request.setAttribute(QNetworkRequest.Attribute.CacheSaveControlAttribute, False)
    policy = QNetworkRequest.RedirectPolicy.NoLessSafeRedirectPolicy
    # Qt 5 does not follow redirects by default; Qt 6 wants the number, which is the enum itself in PyQt5.
    request.setAttribute(QNetworkRequest.Attribute.RedirectPolicyAttribute, int(getattr(policy, "value", policy)))
    return request


def download_failure(url: QUrl, reason: str) -> DownloadError:
    """Return the error for an address, with the remedy."""
    return DownloadError(
        f"The download from {url.host()} failed: {reason.strip().rstrip('.')}. "
        "Check the connection and the proxy in Settings > Options > Network, then try again."
    )
