"""The package proxy: listens inside the rehearsal's namespace, connects outside to the machine's own apt hosts only.

``python -m toolkit.rehearsal.package_proxy --netns NAME --listen ADDRESS:PORT --cache FOLDER``. One of the two named
exceptions to "no way out": GET of plain apt paths on allowed hosts, nothing else. Packages and by-hash files never
change, so they are kept for ever; everything else is asked for again each time, and served from the last copy when
the outside does not answer.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from toolkit.rehearsal import namespace
from toolkit.rehearsal.lab.apt_sources import Origin, machine_sources

_FORWARDED = ("if-modified-since", "cache-control", "accept")


class PackageProxy(ThreadingHTTPServer):
    """Serves on a socket that was made inside the namespace; ``origins`` maps an allowed host to how it is reached."""

    daemon_threads = True

    def __init__(self, netns: str, address: tuple[str, int], *, cache: Path, origins: dict[str, Origin]) -> None:
        super().__init__(address, _Request, bind_and_activate=False)
        self.socket.close()
        self.socket = namespace.listen_inside(netns, address)
        self.cache = cache
        self.origins = origins
        cache.mkdir(parents=True, exist_ok=True)


def outside_url(request: str, origins: dict[str, Origin]) -> str | None:
    """The address to fetch for an absolute-form request target, or None when it is not allowed (RFC 9112 §3.2.2)."""
    try:
        parts = urlsplit(request)
        asked = parts.port
    except ValueError:
        return None
    origin = origins.get(parts.hostname or "")
    if parts.scheme != "http" or origin is None or parts.username is not None or ".." in parts.path.split("/"):
        return None
    if asked not in ({None, 80} if origin.port is None else {origin.port}):
        return None
    port = f":{origin.port}" if origin.port else ""
    return f"{origin.scheme}://{origin.host}{port}{parts.path}"


def kept_for_ever(url: str) -> bool:
    """Whether the bytes behind this address can never change."""
    path = urlsplit(url).path
    return path.endswith(".deb") or "/by-hash/" in path


class _Request(BaseHTTPRequestHandler):
    server: PackageProxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = outside_url(self.path, self.server.origins)
        if url is None:
            self.send_error(403, "not one of this machine's package hosts")
            return
        cached = self.server.cache / hashlib.sha256(url.encode()).hexdigest()
        if not (kept_for_ever(url) and cached.exists()):
            headers = {key: value for key, value in self.headers.items() if key.lower() in _FORWARDED}
            try:
                self._fetch(url, headers, cached)
            except urllib.error.HTTPError as error:
                self.send_response(error.code)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            except OSError as error:
                if not cached.exists():
                    self.send_error(502, str(error)[:80])
                    return
        with cached.open("rb") as stream:
            self.send_response(200)
            self.send_header("Content-Length", str(os.fstat(stream.fileno()).st_size))
            self.end_headers()
            shutil.copyfileobj(stream, self.wfile)

    def _fetch(self, url: str, headers: dict[str, str], target: Path) -> None:
        # The machine's proxy variables are not honoured: apt's hosts are reached as apt's sources name them.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  scheme is from the machine's sources
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as stream, opener.open(request, timeout=60) as answer:
                shutil.copyfileobj(answer, stream)
                complete = answer.headers.get("Content-Length") in (None, str(stream.tell()))
            if not complete:
                raise OSError(f"{url}: the answer ended early")  # noqa: TRY301  the file is removed below
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="toolkit.rehearsal.package_proxy")
    parser.add_argument("--netns", required=True)
    parser.add_argument("--listen", required=True)
    parser.add_argument("--cache", required=True, type=Path)
    arguments = parser.parse_args()
    address, _, port = arguments.listen.rpartition(":")
    origins = {source.origin.host: source.origin for source in machine_sources()}
    proxy = PackageProxy(arguments.netns, (address, int(port)), cache=arguments.cache, origins=origins)
    proxy.serve_forever()


if __name__ == "__main__":
    main()
