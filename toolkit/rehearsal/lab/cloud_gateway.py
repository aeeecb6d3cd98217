"""The cloud's side of the tenant's links: loaded from the engine's outputs, probed one tunnel at a time.

Nothing here restarts a container. Secrets travel on standard input only.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from toolkit.errors import OnboardError
from toolkit.rehearsal.lab.cloud_config import (
    TUNNELS,
    Association,
    associations,
    refusal,
    swanctl_file,
    tunnel_name,
    tunnels,
)
from toolkit.rehearsal.lab.lifecycle import open_podman
from toolkit.rehearsal.lab.state import LabState
from toolkit.rehearsal.lab.topology import CloudLink, probe_address

# Standard input: the files; arguments: the outside addresses. Addresses that stay are not touched, because charon
# would take their removal for a change of network.
_LOAD = """set -eu
cd /etc/swanctl/conf.d; rm -f ./*.conf; umask 077; tar -x -p -f -
for have in $(ip -o -4 address show dev wan0 | awk '{print $4}'); do
  keep=; for want in "$@"; do [ "$have" = "$want/32" ] && keep=1; done
  [ -n "$keep" ] || ip address del "$have" dev wan0
done
for want in "$@"; do ip address replace "$want/32" dev wan0; done
ip route replace default dev wan0 scope link
swanctl --load-creds --clear --noprompt >/dev/null
swanctl --load-conns >/dev/null
"""
# Unloading a connection keeps the site's side from bringing the tunnel back while the other one is tried. No file is
# moved, and the end of standard input puts it back: a prober that is killed leaves nothing to mend. The site's side
# may be bringing it up at the same moment: being up is what counts.
_ASIDE = """set -eu
up() { swanctl --list-sas --ike "$1" | grep -q INSTALLED; }
put_back() {
  swanctl --load-conns >/dev/null
  [ -n "$was_up" ] || return 0
  for attempt in 1 2 3 4; do
    if up "$1" || swanctl --initiate --child "$1" --timeout 4 >/dev/null 2>&1; then return 0; fi
    sleep 0.3
  done
}
was_up=; if up "$1"; then was_up=1; fi
others=$(mktemp); trap 'rm -f "$others"; put_back "$1"' EXIT
for each in /etc/swanctl/conf.d/*.conf; do
  [ "$each" = "/etc/swanctl/conf.d/$1.conf" ] || echo "include $each" >>"$others"
done
swanctl --load-conns --file "$others" >/dev/null
swanctl --terminate --ike "$1" --timeout 3 >/dev/null 2>&1 || swanctl --terminate --ike "$1" --force >/dev/null 2>&1 || :
echo aside
cat >/dev/null
"""


class Initiation(msgspec.Struct, frozen=True, kw_only=True):
    """``reason`` is IKE's own word when the tunnel did not come up (``AUTHENTICATION_FAILED``), else empty."""

    up: bool
    reason: str = ""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """A probe through one tunnel: ``carried`` is payload bytes out and in, by tunnel number, during the probe.

    ``passed``: the target answered, this tunnel's counters moved and the other's did not.
    """

    link: str
    tunnel: int
    target: str
    answered: bool
    carried: dict[int, tuple[int, int]]
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether this tunnel alone carried the probe there and back."""
        mine = self.carried.get(self.tunnel, (0, 0))
        others = [moved for number, moved in self.carried.items() if number != self.tunnel]
        return self.answered and min(mine) > 0 and all(max(moved) == 0 for moved in others)


def load(state: LabState, tenant: str, outputs: dict[str, Any]) -> tuple[str, ...]:
    """Give the tenant's gateway its tunnels, from the engine's outputs (secrets included); the names of the tunnels.

    Again with other outputs, it reloads: associations that are up stay up until they are dropped.
    """
    made = tunnels(state.topology, tenant, outputs)
    if not made:
        return ()
    bundle = io.BytesIO()
    with tarfile.open(fileobj=bundle, mode="w") as archive:
        for tunnel in made:
            content = swanctl_file(
                tunnel, proposal=state.topology.proposal, esp_proposal=state.topology.esp_proposal
            ).encode()
            entry = tarfile.TarInfo(f"{tunnel.name}.conf")
            entry.size, entry.mode = len(content), 0o600
            archive.addfile(entry, io.BytesIO(content))
    _shell(state, f"cloud-{tenant}", _LOAD, *(tunnel.address for tunnel in made), stdin=bundle.getvalue())
    return tuple(tunnel.name for tunnel in made)


def list_associations(state: LabState, tenant: str) -> tuple[Association, ...]:
    """The gateway's installed associations, as the running strongSwan counts them."""
    return associations(open_podman(state).run("exec", f"cloud-{tenant}", "swanctl", "--list-sas", "--raw"))


def initiate(state: LabState, link: str, tunnel: int, *, seconds: int = 8) -> Initiation:
    """Bring one tunnel up from the cloud's side, or learn why it does not come."""
    name, gateway = tunnel_name(link, tunnel), _gateway(state, link)
    command = f'swanctl --initiate --child {name} --timeout {seconds} 2>&1; echo "rc=$?"'
    log = _shell(state, gateway, command)
    if log.rstrip().endswith("rc=0"):
        return Initiation(up=True)
    return Initiation(up=False, reason=refusal(log.rsplit("rc=", 1)[0]))


def drop(state: LabState, link: str, tunnel: int) -> None:
    """End one tunnel's association; its configuration stays, so either side may bring it up again."""
    name = tunnel_name(link, tunnel)
    ended = f"swanctl --terminate --ike {name} --timeout 3 >/dev/null 2>&1 || :"
    _shell(state, _gateway(state, link), ended)


def probe(state: LabState, link: str, target: str, *, tunnel: int) -> Probe:
    """Ping ``target`` from the tenant's network with this tunnel alone, and read which association carried it.

    The other tunnel is unloaded and ended for the time of the probe, and brought back if it was up.
    """
    gateway, found = _gateway(state, link), _link(state, link)
    other = next(number for number in TUNNELS if number != tunnel)
    with _aside(state, gateway, tunnel_name(link, other)):
        if tunnel_name(link, tunnel) not in {each.name for each in list_associations(state, found.tenant)}:
            begun = initiate(state, link, tunnel)
            if not begun.up:
                return Probe(link=link, tunnel=tunnel, target=target, answered=False, carried={}, reason=begun.reason)
        before = _counters(state, found)
        ping = ["ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", "-I", probe_address(found.cidr), target]
        answered = "rc=0" in _shell(state, gateway, '"$@" >/dev/null 2>&1; echo "rc=$?"', *ping)
        after = _counters(state, found)
    carried = {
        number: (after[number][0] - before.get(number, (0, 0))[0], after[number][1] - before.get(number, (0, 0))[1])
        for number in after
    }
    return Probe(
        link=link,
        tunnel=tunnel,
        target=target,
        answered=answered,
        carried=carried,
        reason="" if answered else "no answer",
    )


@contextmanager
def _aside(state: LabState, gateway: str, name: str) -> Iterator[None]:
    """Keep one tunnel unloaded and down; it is put back also when this process is killed."""
    with open_podman(state).start("exec", "--interactive", gateway, "sh", "-c", _ASIDE, "lab", name) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        try:
            if keeper.stdout.readline() != "aside\n":
                raise OnboardError(f"{gateway} does not set tunnel {name} aside", fix="onboard rehearse down")
            yield
        finally:
            keeper.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                keeper.wait(timeout=60)
            keeper.kill()


def _counters(state: LabState, link: CloudLink) -> dict[int, tuple[int, int]]:
    moved: dict[int, tuple[int, int]] = {}
    for each in list_associations(state, link.tenant):
        for number in TUNNELS:
            if each.name == tunnel_name(link.id, number):
                out, back = moved.get(number, (0, 0))
                moved[number] = (out + each.bytes_out, back + each.bytes_in)
    return moved


def _link(state: LabState, link: str) -> CloudLink:
    for each in state.topology.cloud_links:
        if each.id == link:
            return each
    raise OnboardError(f"the lab has no link {link!r} between a tenant and a site")


def _gateway(state: LabState, link: str) -> str:
    return f"cloud-{_link(state, link).tenant}"


def _shell(state: LabState, machine: str, script: str, *arguments: str, stdin: bytes = b"") -> str:
    return open_podman(state).run(
        "exec", "--interactive", machine, "sh", "-c", script, "lab", *arguments, stdin=stdin, timeout=60
    )
