"""The action ``register.site``: the hub watches a site, and says so."""

from __future__ import annotations

from pathlib import Path

from toolkit.errors import RegisterFailed
from toolkit.model.bindings import PROVIDER_HOST
from toolkit.model.run import Emit, StepRequest, StepResult
from toolkit.register.hub import fragments, prefix
from toolkit.register.labels import label_value
from toolkit.register.registrar import HubPlaces, Registrar, allow_icmp
from toolkit.register.rules import TIMINGS
from toolkit.register.targets import JOBS, groups
from toolkit.register.watch import wait_targets
from toolkit.remote import bound, open_remotes

TARGET_SECONDS = {"fast": 60.0, "real": 300.0}
"""How long targets may take to come up, by ``Bindings.time_scale``."""


def marks_alerts(request: StepRequest) -> str:
    """The nonce for the alerts of a run that will provoke one; otherwise files stay equal from run to run."""
    provokes = request.bindings.world == "rehearsal" or request.bindings.intrusive
    return request.bindings.nonce if provokes else ""


def run(request: StepRequest, emit: Emit) -> StepResult:
    """Write, check, activate and reload the site's monitoring on the hub; wait until its targets are up.

    Raises RegisterFailed with the checking tool's message or the targets' last errors.
    """
    site = request.inventory.site(request.step.inputs["site"])
    hub, scale = request.profile.hub, request.bindings.time_scale
    made = fragments(
        request.inventory,
        site,
        profile=request.profile,
        timing=TIMINGS[scale],
        nonce=marks_alerts(request),
    )
    shells = open_remotes(request.bindings, Path(request.scratch), RegisterFailed)
    shell = bound(shells, PROVIDER_HOST, RegisterFailed)
    url = (hub.gateway, hub.services.prometheus)
    customer = request.inventory.customer.id
    registrar = Registrar(shell, places=HubPlaces(url=url), own=prefix(customer, site.id), emit=emit)
    changed = allow_icmp(shell, emit) + registrar.register(made)
    expected = sum(len(groups(request.inventory, site, job)) for job in JOBS)
    targets = wait_targets(
        url,
        customer=label_value(customer),
        site=label_value(site.id),
        expected=expected,
        emit=emit,
        seconds=TARGET_SECONDS[scale],
    )
    rules_file = next(f for f in made if f.path.endswith(".rules.yml"))
    rules = rules_file.content.count(b"- alert:")
    return StepResult(
        changed=changed,
        counts={"targets": len(targets), "rules": rules},
        facts=tuple(
            {
                "kind": "target",
                "job": str(target["labels"]["job"]),
                "instance": str(target["labels"]["instance"]),
                "component": str(target["labels"].get("component", "")),
                "health": str(target["health"]),
            }
            for target in targets
        ),
    )
