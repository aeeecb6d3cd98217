"""A client of the Language Server Protocol over the stdin and stdout of a real process, for tests."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


class Client:
    """Starts ``onboard lsp``; requests wait for their answer, notifications of the server are kept."""

    def __init__(self, *, encodings: list[str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "toolkit.cli.main", "lsp", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.diagnostics: queue.Queue[dict[str, Any]] = queue.Queue()
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        self._version = 0
        threading.Thread(target=self._read, daemon=True).start()
        general = {"positionEncodings": encodings} if encodings else {}
        self.capabilities = self.ask(
            "initialize", {"processId": None, "rootUri": None, "capabilities": {"general": general}}
        )["capabilities"]
        self.tell("initialized", {})

    def ask(self, method: str, params: Any) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        answer = self._answers.get(timeout=30)
        assert answer["id"] == self._number
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def open(self, path: Path, text: str) -> list[dict[str, Any]]:
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 0, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return self.published(path)

    def change(self, path: Path, text: str) -> None:
        self._version += 1
        document = {"uri": path.as_uri(), "version": self._version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def published(self, path: Path) -> list[dict[str, Any]]:
        """The next diagnostics of a file."""
        while True:
            found = self.diagnostics.get(timeout=30)
            if found["uri"] == path.as_uri():
                diagnostics: list[dict[str, Any]] = found["diagnostics"]
                return diagnostics

    def at(self, method: str, path: Path, line: int, character: int) -> Any:
        position = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": path.as_uri()}, "position": position})

    def labels(self, path: Path, line: int, character: int) -> list[str]:
        found = self.at("completion", path, line, character)
        items = sorted(found["items"] if found else [], key=lambda item: item["sortText"])
        return [item["label"] for item in items]

    def close(self) -> int:
        self.ask("shutdown", None)
        self.tell("exit", None)
        code = self.process.wait(timeout=20)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream
            stream.close()
        return code

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream
        try:
            while line := stream.readline():
                length = 0
                while line.strip():
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                    line = stream.readline()
                message = json.loads(stream.read(length))
                if "id" in message and "method" not in message:
                    self._answers.put(message)
                elif message.get("method") == "textDocument/publishDiagnostics":
                    self.diagnostics.put(message["params"])
        except ValueError:
            return
