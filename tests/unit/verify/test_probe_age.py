"""A probe's result counts only when it was made after the check began."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.plan import Step
from toolkit.model.run import StepRequest
from toolkit.prometheus_api import Prometheus
from toolkit.verify.agents import _probed
from toolkit.verify.place import Patience, Place


class Hub(BaseHTTPRequestHandler):
    """A Prometheus whose probes all succeeded ``age`` seconds ago."""

    age = 0.0

    def do_GET(self) -> None:
        value = time.time() - Hub.age if "timestamp" in self.path else 1
        result = [{"metric": {}, "value": [time.time(), str(value)]}]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"status": "success", "data": {"result": result}}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Prometheus]:
    server = HTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield Prometheus("127.0.0.1", server.server_port)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("age", "result", "seen"), [(0.0, "passed", 1.0), (60.0, "failed", None)])
def test_an_old_probe_proves_nothing(hub, inventory, profile, age, result, seen) -> None:
    Hub.age = age
    bindings = Bindings(
        world="real", id="t", nonce="n", hosts="real", time_scale="real", aws=AwsBinding(), state="", secrets=""
    )
    step = Step(
        id="s@0", name="verify/acme-hq", stage="verify", action="verify.site", kind="effect", scope="site/acme-hq",
        inputs={"site": "acme-hq"},
    )  # fmt: skip
    request = StepRequest(
        run="r", attempt=1, fence=1, resumed=False, step=step, inventory=inventory, profile=profile, bindings=bindings,
        workspace="/nowhere", scratch="/nowhere",
    )  # fmt: skip
    place = Place(
        request=request,
        site=inventory.sites[0],
        hosts=inventory.hosts(["erp-vm-1", "erp-vm-2"]),
        shells={},
        prometheus=hub,
        patience=Patience(scrape=0.5, log=1, alert=1, backup=1),
        emit=lambda *_, **__: None,
    )
    (check,) = _probed(place, place.hosts[0], time.time() - 1)
    assert check.result == result
    assert check.observed == {"icmp": seen, "ssh": seen}
