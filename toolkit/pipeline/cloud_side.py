"""What the real cloud does by itself once its VPN exists: its gateways start to answer. In the lab, ours do."""

from __future__ import annotations

from pathlib import Path

from toolkit.model.run import StepRequest, StepResult


def follow(request: StepRequest, result: StepResult) -> None:
    """After a vpn stack: load the tenant's cloud gateway from the engine's outputs, secrets included.

    Nothing is taken from plan or store: what the engine did not make does not come up. Harmless to repeat.
    """
    if request.step.action != "provision.stack" or request.step.inputs["layer"] != "vpn" or not result.outputs:
        return
    from toolkit.provision.step import secret_outputs
    from toolkit.rehearsal.lab import cloud_gateway
    from toolkit.rehearsal.lab.state import load

    state = load(Path(request.bindings.state).parent / "lab")
    if state is not None:
        inputs = request.step.inputs
        outputs = secret_outputs(
            request.bindings,
            customer=request.inventory.customer.id,
            tenant=inputs["tenant"],
            layer=inputs["layer"],
            region=inputs["config"]["region"],
        )
        cloud_gateway.load(state, inputs["tenant"], outputs)
