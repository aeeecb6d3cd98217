"""The step ``provision.stack``: one stack of a tenant, from its plan to what lives in the cloud."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from toolkit import places, resources
from toolkit.aws_api import aws_clients, check_identity
from toolkit.model.bindings import Bindings
from toolkit.model.run import Emit, StepRequest, StepResult
from toolkit.provision.adapter import StackEngine, stack_outputs
from toolkit.provision.checkpoint import by_urn
from toolkit.provision.compare import compare, has_effects
from toolkit.provision.engine import Engine, find_engine
from toolkit.provision.locks import drop_torn_sidecars, release_dead
from toolkit.provision.record import config_text
from toolkit.provision.resume import settle_pending
from toolkit.provision.settings import StackSettings, engine_environment, engine_folder, engine_values, secret_name
from toolkit.provision.witness import Witness
from toolkit.secrets.store import SecretStore, generate_password, generate_psk, open_store


def run(request: StepRequest, emit: Emit) -> StepResult:
    """Bring one stack to its plan.

    Order: identity, dead engine's lock, uncertain objects, refresh, preview against the plan, and only then effects.
    """
    inputs, bindings = request.step.inputs, request.bindings
    customer, config = request.inventory.customer.id, inputs["config"]
    clients = aws_clients(bindings, region=config["region"])
    arn = check_identity(clients, account=config["account"], tenant=inputs["tenant"])
    engine = find_engine()
    settings = stack_settings(
        bindings,
        engine=engine,
        customer=customer,
        tenant=inputs["tenant"],
        platform=inputs["platform"],
        layer=inputs["layer"],
        config=config,
        store=open_store(Path(bindings.secrets), customer),
    )
    release_dead(Path(bindings.state), project=settings.project, stack=settings.stack)
    drop_torn_sidecars(Path(bindings.state), project=settings.project)
    stack = StackEngine(settings, engine)
    facts: list[dict[str, Any]] = [{"identity": arn, "account": config["account"]}]
    settled = settle_pending(stack, clients=clients, progress=emit)
    facts += settled
    if not settled and by_urn(stack.export()):
        stack.refresh(emit)
    emit(f"previewing {settings.stack}")
    witness = _witness(request, settings, refuse=False)
    previews = stack.preview(witness)
    compare(request.resources, previews, [*witness.problems, *witness.missing()])
    # where neither objects nor outputs would change there is nothing to apply
    apply = has_effects(previews) or not stack.outputs_stand
    changed = stack.up(_witness(request, settings, refuse=True), emit) if apply else 0
    deployment = stack.export()
    live = [
        resource
        for resource in by_urn(deployment).values()
        if resource.get("id") and resource["type"].startswith("aws:")
    ]
    facts += [{"urn": one["urn"], "type": one["type"], "id": one["id"]} for one in live]
    return StepResult(
        changed=changed,
        outputs=stack_outputs(deployment),
        counts={"resources": len(live)},
        facts=tuple(facts),
    )


def _witness(request: StepRequest, settings: StackSettings, *, refuse: bool) -> Witness:
    secrets = {
        value["$secret"]: settings.config[f"{settings.project}:{key}"]
        for key, value in request.step.inputs["config"].items()
        if secret_name(value) is not None
    }
    return Witness(request.resources, stack=settings.stack, project=settings.project, secrets=secrets, refuse=refuse)


def stack_settings(
    bindings: Bindings,
    *,
    engine: Engine,
    customer: str,
    tenant: str,
    platform: str,
    layer: str,
    config: dict[str, Any],
    store: SecretStore,
) -> StackSettings:
    """Everything the engine needs for one stack; secrets that do not exist yet are made."""
    stack, project = f"{customer}-{tenant}-{layer}", f"onboarding-{layer}"
    folder = engine_folder(bindings, stack)
    environment = engine_environment(
        bindings,
        base=os.environ,
        engine=engine.path,
        home=folder / "home",
        passphrase=store.ensure(f"pulumi/passphrase/{tenant}", generate_password),
        region=config["region"],
    )
    values, secret_keys = engine_values(
        project, config, text=config_text, secret=lambda name: store.ensure(name, generate_psk)
    )
    return StackSettings(
        stack=stack,
        project=project,
        program=resources.folder("stacks") / platform / layer,
        backend=environment["PULUMI_BACKEND_URL"],
        work=folder / "work",
        environment=environment,
        config=values,
        secret_keys=secret_keys,
        plugins=places.cache() / "plugins" if bindings.world == "real" else None,
    )


def secret_outputs(bindings: Bindings, *, customer: str, tenant: str, layer: str, region: str) -> dict[str, Any]:
    """All outputs of an applied AWS stack, secret ones in clear: the rehearsal's cloud gateway is made from them."""
    engine = find_engine()
    settings = stack_settings(
        bindings,
        engine=engine,
        customer=customer,
        tenant=tenant,
        platform="aws",
        layer=layer,
        config={"region": region},
        store=open_store(Path(bindings.secrets), customer),
    )
    return StackEngine(settings, engine).secret_outputs()
