"""A site whose hosts are recorders or folders of this machine, and a hub that has scraped nothing."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from toolkit.errors import VerifyFailed
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Step
from toolkit.model.profile import ProviderProfile
from toolkit.model.run import StepRequest
from toolkit.prometheus_api import Prometheus
from toolkit.verify.place import Patience, Place, Shell
from toolkit.verify.repository import LOCK, RESTIC, SCRATCH

HOSTS = ("erp-vm-1", "erp-vm-2")


class Recorder:
    """A host that does nothing and answers emptily, where ``answers`` gives no other text for a word of the command."""

    def __init__(self, answers: dict[str, str] | None = None) -> None:
        self.commands: list[tuple[str, ...]] = []
        self._answers = answers or {}

    def run(self, command: Sequence[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        self.commands.append(tuple(command))
        said = next((text for word, text in self._answers.items() if word in command), "")
        return subprocess.CompletedProcess(command, 0, said.encode(), b"")


class LocalHost:
    """This machine with programs of the test's own: ``restic`` and those in ``bin``, its lock and scratch folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = folder / "lock"
        (folder / "bin").mkdir(parents=True)
        (folder / "scratch").mkdir()

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text("#!/bin/sh\nset -eu\n" + text)
        path.chmod(0o755)

    def words(self, command: Sequence[str]) -> list[str]:
        """``command`` with this host's own places."""
        own = {RESTIC: str(self.folder / "restic"), LOCK: str(self.lock), SCRATCH: str(self.folder / "scratch")}
        return [own.get(word, word) for word in command]

    def run(
        self, command: Sequence[str], *, check: bool = True, timeout: float = 60, **_: object
    ) -> subprocess.CompletedProcess[bytes]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        ran = subprocess.run(
            self.words(command), capture_output=True, timeout=timeout, check=False, env={**os.environ, "PATH": path}
        )
        if check and ran.returncode:
            raise VerifyFailed(ran.stderr.decode(), fix="-")
        return ran


@contextmanager
def empty_hub() -> Iterator[Prometheus]:
    """A Prometheus without series and rules."""

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "success", "data": {"result": [], "groups": []}}).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield Prometheus("127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        server.server_close()


def place_of(
    inventory: Inventory,
    profile: ProviderProfile,
    *,
    shell: Callable[[str], Shell],
    prometheus: Prometheus,
    **bindings: object,
) -> Place:
    """The site of examples/acme in the real world; ``shell`` gives each host's, ``bindings`` more of the bindings."""
    names = (*HOSTS, "hub", "endpoint-acme-hq", "host-provider-hub", "provider-hub")
    known = Bindings(
        world="real", id="t", nonce="n", hosts="real", time_scale="real", aws=AwsBinding(), state="", secrets="",
        **bindings,  # type: ignore[arg-type]
    )  # fmt: skip
    step = Step(
        id="s@0", name="verify/acme-hq", stage="verify", action="verify.site", kind="effect", scope="site/acme-hq",
        inputs={"site": "acme-hq", "hosts": list(HOSTS)},
    )  # fmt: skip
    request = StepRequest(
        run="r", attempt=1, fence=1, resumed=False, step=step, inventory=inventory, profile=profile, bindings=known,
        workspace="/nowhere", scratch="/nowhere",
    )  # fmt: skip
    return Place(
        request=request,
        site=inventory.sites[0],
        hosts=inventory.hosts(HOSTS),
        shells={name: shell(name) for name in names},
        prometheus=prometheus,
        patience=Patience(scrape=0, log=0, alert=0, backup=30),
        emit=lambda *_, **__: None,
    )
