"""The endpoint is configured through the management link, so its step waits for it, whoever installed the bundle."""

from __future__ import annotations

import subprocess
from pathlib import Path

import configure_case as case
import pytest

from toolkit.configure import step
from toolkit.errors import ConfigureFailed
from toolkit.model.bindings import AwsBinding, Bindings, HostBinding
from toolkit.model.plan import Step
from toolkit.model.run import StepRequest


@pytest.mark.slow
def test_a_link_that_does_not_come_up_is_waited_for_and_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(step.LINK_TIMEOUT, "real", 1.2)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    public = " ".join((tmp_path / "key.pub").read_text().split()[:2])
    # nobody listens on the discard port
    endpoint = HostBinding(address="127.0.0.1", port=9, user="root", host_key=public)
    bindings = Bindings(
        world="real", id="real", nonce="n", hosts="real", time_scale="real", aws=AwsBinding(), console="person",
        state=str(tmp_path), secrets=str(tmp_path / "secrets"), ssh_key=str(tmp_path / "key"),
        host_bindings={"endpoint-acme-hq": endpoint},
    )  # fmt: skip
    wanted = Step(
        id="s@0", name="configure/acme-hq/endpoint", stage="configure", action="configure.endpoint", kind="effect",
        scope="site/acme-hq", inputs={"site": "acme-hq"},
    )  # fmt: skip
    request = StepRequest(
        run="r", attempt=1, fence=1, resumed=False, step=wanted, inventory=case.ACME, profile=case.PARIS,
        bindings=bindings, workspace=str(tmp_path), scratch=str(tmp_path / "scratch"),
    )  # fmt: skip
    said: list[str] = []
    with pytest.raises(ConfigureFailed, match=r"management link of acme-hq is not up after \d s") as caught:
        step.endpoint(request, lambda message, **_: said.append(message))
    assert "swanctl" in caught.value.fix
    assert said[0] == "waiting for the management link of acme-hq: 0 s"
    assert not list((tmp_path / "scratch").iterdir())
    with pytest.raises(ConfigureFailed, match="no console command"):
        step.console(request, lambda *_, **__: None)
