"""The alert receiver: takes Alertmanager's webhooks and keeps each as one line of NDJSON.

``python -m toolkit.rehearsal.receiver --listen ADDRESS:PORT --log FILE``; a line is
``{"received": <seconds since the epoch>, "path": …, "body": <the posted JSON>}``
(Prometheus documentation, Alertmanager, webhook_config).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_LIMIT = 1 << 20


class Receiver(ThreadingHTTPServer):
    """Appends every posted JSON object to ``log``."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], log: Path) -> None:
        # One write with O_APPEND per alert: concurrent lines never mix.
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        super().__init__(address, _Request)


class _Request(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LIMIT:
            self.send_error(413)
            return
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError:
            self.send_error(400)
            return
        line = {"received": time.time(), "path": self.path, "body": body}
        os.write(self.server.log, (json.dumps(line, separators=(",", ":")) + "\n").encode())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The base class's name for it; requests are not logged twice."""


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="toolkit.rehearsal.receiver")
    parser.add_argument("--listen", required=True)
    parser.add_argument("--log", required=True, type=Path)
    arguments = parser.parse_args()
    address, _, port = arguments.listen.rpartition(":")
    Receiver((address, int(port)), arguments.log).serve_forever()


if __name__ == "__main__":
    main()
