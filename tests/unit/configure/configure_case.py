"""What the configure tests share: the example's inventory, a world to reach it in, and strings that mean harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from toolkit.configure import gateway, vpn
from toolkit.configure.files import File
from toolkit.model.bindings import AwsBinding, Bindings, HostBinding
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Step
from toolkit.model.profile import ProviderProfile
from toolkit.model.run import StepRequest

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests/golden/configure/acme-hq"
ACME = msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)
PARIS = msgspec.convert(yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text()), ProviderProfile)
OUTPUTS: dict[str, dict[str, Any]] = {
    "provision/acme-prod/vpn": {
        "links": {"prod-hq": {"tunnel1_address": "203.0.113.11", "tunnel2_address": "203.0.113.12"}}
    }
}
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
HOSTS = {
    "provider-hub": "10.50.0.10",
    "endpoint-acme-hq": "10.60.0.2",
    "erp-vm-1": "10.60.0.11",
    "erp-vm-2": "10.60.0.12",
}
HOSTILE = (
    "{{ lookup('ansible.builtin.pipe', 'touch PWNED') }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "$(touch PWNED)",
    "`touch PWNED`",
    "'; touch PWNED; '",
    '"; touch PWNED; "',
    "a\nExecStart=/bin/touch PWNED",
    'x"\n  secret = "',
    "}\nconnections { evil { } }",
    "../../etc/passwd",
    "-oProxyCommand=touch PWNED",
    "%h%n%%",
    "\u2028\u202e\U0001f600é",
    "true",
    "0600",
    "!unsafe",
    "=cmd|' /C calc'!A0",
    "x" * 5000,
    "",
)


def bindings(folder: Path, **changed: Any) -> Bindings:
    """A rehearsal's bindings, its files below ``folder``."""
    facts: dict[str, Any] = {
        "world": "rehearsal",
        "id": "unit",
        "nonce": "n",
        "hosts": "lab",
        "time_scale": "fast",
        "aws": AwsBinding(endpoint="http://127.0.0.1:1"),
        "state": str(folder / "state"),
        "secrets": str(folder / "secrets.store"),
        "ssh_key": str(folder / "id"),
        "host_bindings": {
            name: HostBinding(address=address, port=22, user="onboard", host_key=HOST_KEY)
            for name, address in HOSTS.items()
        },
    }
    return Bindings(**{**facts, **changed})


def request(folder: Path, action: str, *, world: Bindings | None = None, **inputs: Any) -> StepRequest:
    """What a step of site acme-hq is given."""
    name = f"configure/acme-hq/{action}"
    return StepRequest(
        run="run",
        attempt=1,
        fence=1,
        resumed=False,
        step=Step(
            id=f"{name}@000000000000",
            name=name,
            stage="configure",
            action=f"configure.{action}",
            kind="effect",
            scope="site/acme-hq",
            inputs={"site": "acme-hq", "hosts": ["erp-vm-1", "erp-vm-2"], **inputs},
        ),
        inventory=ACME,
        profile=PARIS,
        bindings=world or bindings(folder),
        workspace=str(folder / "workspace"),
        scratch=str(folder / "scratch"),
        outputs=OUTPUTS,
    )


def files_of_the_example() -> dict[str, tuple[File, ...]]:
    """Every generated file of both gateways, with keys that are no secret."""
    endpoint = vpn.endpoint_tunnels(ACME, PARIS, "acme-hq", OUTPUTS)
    hub = vpn.hub_tunnels(ACME, PARIS, "acme-hq")
    keys = {tunnel.secret: f"golden.{tunnel.secret.replace('/', '.')}" for tunnel in (*endpoint, *hub)}
    return {
        "endpoint": gateway.endpoint_files("acme-hq", ("10.60.0.0/24",), endpoint, PARIS.ike, keys),
        "hub": gateway.hub_files("acme-hq", hub, PARIS.ike, keys),
    }
