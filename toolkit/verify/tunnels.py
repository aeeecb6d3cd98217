"""The tunnels of a site: by the security associations at both ends, and by a probe that they carried."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any, Protocol

from toolkit.errors import VerifyFailed
from toolkit.model.bindings import PROVIDER_HOST, endpoint_host
from toolkit.model.inventory import Link
from toolkit.processes import dying_with_parent
from toolkit.verify.associations import Association, Child, associations, cipher_of, installed, suite_of
from toolkit.verify.check import Check, equal, holds
from toolkit.verify.place import Place, guarded

PROVES_PROBE = "packets went through this tunnel and back, by the counters of its association"


class Prober(Protocol):
    """Probes a host of the site from the tenant's network, through one tunnel alone."""

    def __call__(self, *, tunnel: int, target: str) -> dict[str, Any]:
        """``answered`` (bool), ``carried`` (bytes out and in during the probe, by tunnel number), ``reason``."""
        ...


class CommandProber:
    """The prober that the bindings name as a command: tunnel and target are added, the answer is JSON on stdout."""

    def __init__(self, command: tuple[str, ...], *, timeout: float = 120) -> None:
        self._command = command
        self._timeout = timeout

    def __call__(self, *, tunnel: int, target: str) -> dict[str, Any]:
        """Run the command; VerifyFailed when it fails or answers with something else."""
        try:
            ran = subprocess.run(
                dying_with_parent([*self._command, str(tunnel), target]),
                capture_output=True,
                timeout=self._timeout,
                check=True,
            )
            return dict(json.loads(ran.stdout))
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            said = getattr(error, "stderr", b"") or b""
            raise VerifyFailed(
                f"the prober of the bindings failed: {error} {said.decode(errors='replace')[-500:]}",
                fix="run the bindings' probe command by hand",
            ) from error


def _listed(place: Place, host: str) -> tuple[Association, ...]:
    return associations(place.text(host, "swanctl", "--list-sas", "--raw"))


def _association(place: Place, *, host: str, name: str) -> Iterator[Check]:
    """An established IKEv2 association with an installed child, of the profile's suite."""
    pair: tuple[Association, Child] | None = installed(_listed(place, host), name)
    subject, how, ike = f"{name} at {host}", "swanctl --list-sas", place.request.profile.ike
    yield holds(
        "tunnel.association",
        subject=subject,
        claim="an IKEv2 association is established and carries an ESP child",
        how=how,
        truth=pair is not None and pair[0].version == "2",
        observed=[pair[0].state, pair[0].version, pair[1].state] if pair else "none",
    )
    if pair:
        yield equal(
            "tunnel.suite",
            subject=subject,
            claim="the negotiated suite is the profile's",
            how=how,
            expected=[list(suite_of(ike.proposal)), cipher_of(ike.esp_proposal)],
            observed=[list(pair[0].suite), pair[1].cipher],
        )


def _target(place: Place) -> str:
    addresses = [str(host.address) for host in place.hosts] or [place.site.vpn_endpoint.address]
    return addresses[0]


def _management(place: Place, link: Link) -> Iterator[Check]:
    endpoint = endpoint_host(place.site.id)
    for host in (PROVIDER_HOST, endpoint):
        yield from guarded("tunnel.association", f"{link.id} at {host}", _association(place, host=host, name=link.id))
    yield from guarded("tunnel.probe", link.id, _hub_probe(place, link))


def _hub_probe(place: Place, link: Link) -> Iterator[Check]:
    def moved() -> tuple[int, int]:
        pair = installed(_listed(place, PROVIDER_HOST), link.id)
        return (pair[1].bytes_out, pair[1].bytes_in) if pair else (0, 0)

    target, source = _target(place), place.request.profile.hub.gateway
    before = moved()
    ping = ["ping", "-n", "-c", "2", "-i", "0.3", "-W", "3", "-I", source, target]
    answered = place.shell(PROVIDER_HOST).run(ping, timeout=30, check=False).returncode == 0
    after = moved()
    carried = [after[0] - before[0], after[1] - before[1]]
    yield holds(
        "tunnel.probe",
        subject=link.id,
        claim=f"a host of the site answers the hub through {link.id}",
        how=f"ping {target} from the hub's {source}; bytes of the association before and after",
        truth=answered and min(carried) > 0,
        observed={"answered": answered, "carried": carried},
        proves=PROVES_PROBE,
    )


def _tenant_link(place: Place, link: Link, prober: Prober | None) -> Iterator[Check]:
    endpoint = endpoint_host(place.site.id)
    for number in (1, 2):
        name = f"{link.id}-{number}"
        yield from guarded(
            "tunnel.association",
            f"{name} at {endpoint}",
            _association(place, host=endpoint, name=name),
        )
        if prober is not None:
            place.emit(f"probing {_target(place)} from the tenant's network through {name} alone")
            yield from guarded("tunnel.probe", name, _tenant_probe(place, link, prober, number))


def _tenant_probe(place: Place, link: Link, prober: Prober, number: int) -> Iterator[Check]:
    answer = prober(tunnel=number, target=_target(place))
    carried = {int(tunnel): list(moved) for tunnel, moved in answer.get("carried", {}).items()}
    others = [moved for tunnel, moved in carried.items() if tunnel != number]
    yield holds(
        "tunnel.probe",
        subject=f"{link.id}-{number}",
        claim="this tunnel alone carries a probe from the tenant's network to a host and back",
        how=f"ping {_target(place)} from the tenant's network; bytes of each tunnel's association",
        truth=bool(answer.get("answered"))
        and min(carried.get(number, [0, 0])) > 0
        and all(max(moved) == 0 for moved in others),
        observed={
            "answered": bool(answer.get("answered")),
            "carried": {str(k): v for k, v in sorted(carried.items())},
            "reason": str(answer.get("reason", "")),
        },
        proves=PROVES_PROBE,
    )


def tunnel_checks(place: Place) -> tuple[list[Check], list[str]]:
    """The checks of every link of the site, and what stays unproven for want of a prober."""
    checks: list[Check] = []
    unproven: list[str] = []
    commands = place.request.bindings.probe_command
    for link in place.request.inventory.links_at(f"site/{place.site.id}"):
        place.emit(f"looking at the tunnels of {link.id}")
        if "provider" in link.ends:
            checks.extend(_management(place, link))
            continue
        prober = CommandProber(commands[link.id]) if link.id in commands else None
        if prober is None:
            unproven.append(f"probe through {link.id}: no host in the tenant's network to probe from")
        checks.extend(_tenant_link(place, link, prober))
    return checks, unproven


def tunnels_up(checks: list[Check]) -> int:
    """How many tunnels have an association at every end that was looked at."""
    ends = [check for check in checks if check.id == "tunnel.association"]
    names = {check.subject.partition(" at ")[0] for check in ends}
    down = {check.subject.partition(" at ")[0] for check in ends if check.result == "failed"}
    return len(names - down)
