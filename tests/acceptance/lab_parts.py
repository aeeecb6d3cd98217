"""What the lab's acceptance tests share: one inventory, a simple endpoint bundle, SSH, and a look at the wires."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import msgspec
import yaml

from toolkit.model.inventory import Inventory
from toolkit.model.profile import ProviderProfile
from toolkit.rehearsal import lab, namespace
from toolkit.rehearsal.lab.topology import Topology, topology

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS = {
    "links": {
        "prod-hq": {
            "tunnel1_address": "203.0.113.11",
            "tunnel2_address": "203.0.113.12",
            "tunnel1_preshared_key": "first.tunnel_KEY",
            "tunnel2_preshared_key": "second.tunnel_KEY",
        }
    }
}
WRONG = {"links": {"prod-hq": {**OUTPUTS["links"]["prod-hq"], "tunnel1_preshared_key": "some.other_KEY"}}}
MANAGEMENT_KEY = "management.KEY_1"

# Counts frames on an interface and looks for a marker in them: interface, seconds, marker.
_WATCH = """
import socket, struct, sys, time
name, seconds, marker = sys.argv[1], float(sys.argv[2]), sys.argv[3].encode()
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind((name, 0))
wire.setsockopt(263, 1, struct.pack("iHH8s", socket.if_nametoindex(name), 1, 0, b""))  # promiscuous, as a bridge needs
wire.settimeout(0.2); print("watching", flush=True)
seen = other = found = 0; end = time.time() + seconds
while time.time() < end:
    try: frame = wire.recv(65535)
    except TimeoutError: continue
    if frame[12:14] != b"\\x08\\x00": continue
    seen += 1; found += marker in frame
    udp = frame[23] == 17 and {int.from_bytes(frame[34:36], "big"), int.from_bytes(frame[36:38], "big")} & {500, 4500}
    other += not udp
print(seen, other, found)
"""


def acme_topology(rehearsal_id: str) -> Topology:
    inventory = msgspec.convert(yaml.safe_load((ROOT / "examples/acme/inventory.yaml").read_text()), Inventory)
    profile = yaml.safe_load((ROOT / "toolkit/catalogue/profiles/paris-1.yaml").read_text())
    return topology(inventory, msgspec.convert(profile, ProviderProfile), rehearsal_id)


def inside(state: lab.LabState, *command: str, timeout: float = 30, **kwargs) -> subprocess.CompletedProcess[str]:
    """Run a command in the rehearsal's namespace, where the controller is."""
    return subprocess.run(
        [*namespace.enter(state.netns), *command],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **kwargs,
    )


def ssh(state: lab.LabState, key: str, command: str, *, timeout: float = 30) -> subprocess.CompletedProcess[str]:
    """SSH from the controller with the host key that the lab read, and no other."""
    binding = lab.host_bindings(state)[key]
    known = Path(state.folder) / f"known-{key}"
    known.write_text(f"{binding.address} {binding.host_key}\n")
    options = ["StrictHostKeyChecking=yes", f"UserKnownHostsFile={known}", "ConnectTimeout=3", "BatchMode=yes"]
    return inside(
        state,
        *("ssh", "-F", "none", "-i", state.ssh_key, *(part for option in options for part in ("-o", option))),
        f"{binding.user}@{binding.address}",
        command,
        timeout=timeout,
    )


def on(state: lab.LabState, machine: str, script: str, *, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A root shell at a machine's console."""
    command = lab.console(state, machine, "sh", "-c", script)
    return subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)


def management_up(state: lab.LabState, *, start: str = "start") -> None:
    """Install both sides of the management link and wait for it."""
    hub = _connection(
        "mgmt", ("198.51.100.10", "198.18.60.10"), ("10.50.0.0/24", "10.60.0.0/24"), MANAGEMENT_KEY, "none"
    )
    loaded = on(
        state,
        "hub",
        "tar -x -C / --no-overwrite-dir -f - && swanctl --load-all --noprompt",
        stdin=_tar({"etc/swanctl/conf.d/mgmt.conf": hub}),
    )
    assert loaded.returncode == 0, loaded.stderr
    done = subprocess.run(
        lab.console_commands(state)["acme-hq"],
        input=endpoint_bundle(start),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    up = on(
        state, "endpoint-acme-hq", "swanctl --initiate --child mgmt --timeout 8 || swanctl --list-sas | grep INSTALLED"
    )
    assert up.returncode == 0, up.stdout


def endpoint_bundle(start: str) -> bytes:
    here = "198.18.60.10"
    files = {
        "etc/swanctl/conf.d/mgmt.conf": _connection(
            "mgmt", (here, "198.51.100.10"), ("10.60.0.0/24", "10.50.0.0/24"), MANAGEMENT_KEY, "none"
        ),
        "usr/local/lib/onboard/install-endpoint.sh": "set -e\nswanctl --load-all --noprompt\n",
    }
    given = OUTPUTS["links"]["prod-hq"]
    for number in (1, 2):
        ends = (here, given[f"tunnel{number}_address"])
        files[f"etc/swanctl/conf.d/aws{number}.conf"] = _connection(
            f"aws{number}", ends, ("10.60.0.0/24", "10.20.0.0/16"), given[f"tunnel{number}_preshared_key"], start
        )
    return _tar(files)


def watch(state: lab.LabState, bridge: str, *, seconds: float, marker: str) -> subprocess.Popen[str]:
    """Start watching a bridge; ``watched`` gives frames, frames that are neither IKE nor ESP in UDP, and markers."""
    process = subprocess.Popen(
        [*namespace.enter(state.netns), sys.executable, "-c", _WATCH, bridge, str(seconds), marker],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "watching\n"
    return process


def watched(process: subprocess.Popen[str]) -> tuple[int, int, int]:
    out, _ = process.communicate(timeout=30)
    seen, other, found = (int(part) for part in out.split())
    return seen, other, found


def machine_network() -> tuple[str, ...]:
    """The machine's own links, routes and firewall rules, which no rehearsal may change."""
    looks = (["ip", "-o", "link"], ["ip", "route"], ["nft", "list", "ruleset"], ["sysctl", "net.ipv4.ip_forward"])
    return tuple(subprocess.run(look, capture_output=True, text=True, check=True).stdout for look in looks)


def _connection(name: str, ends: tuple[str, str], networks: tuple[str, str], key: str, start: str) -> str:
    return f"""connections {{
  {name} {{
    version = 2
    local_addrs = {ends[0]}
    remote_addrs = {ends[1]}
    proposals = aes256gcm16-prfsha384-ecp384
    mobike = no
    local {{
      auth = psk
      id = {ends[0]}
    }}
    remote {{
      auth = psk
      id = {ends[1]}
    }}
    children {{
      {name} {{
        local_ts = {networks[0]}
        remote_ts = {networks[1]}
        esp_proposals = aes256gcm16-ecp384
        start_action = {start}
        close_action = {start}
      }}
    }}
  }}
}}
secrets {{
  ike-{name} {{
    id-a = {ends[0]}
    id-b = {ends[1]}
    secret = "{key}"
  }}
}}
"""


def _tar(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o600
            archive.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()
