"""Whether a run may go on: it is judged like a new one."""

import datetime as dt
import shutil
from pathlib import Path

import msgspec
import pytest

from toolkit.canonical import canonical_bytes
from toolkit.errors import PlanRefused
from toolkit.inventory import load
from toolkit.model.bindings import AwsBinding, Bindings
from toolkit.model.inventory import BuildInputs
from toolkit.pipeline import planning
from toolkit.pipeline.admission import Credentials, check_allowed, check_build_inputs
from toolkit.pipeline.applying import resume
from toolkit.pipeline.workspace import Workspace
from toolkit.plan.approval import approve
from toolkit.run.store import RunRow
from toolkit.signing import Trust, TrustedKey, create_key, load_signer

ACME = Path(__file__).parents[3] / "examples/acme/inventory.yaml"
NEWER = "sha256:" + "1" * 64
# the SDK imports its own deprecated modules
pytestmark = pytest.mark.filterwarnings("ignore:.* has been deprecated in favor of :DeprecationWarning")


@pytest.mark.slow
def test_a_run_whose_plan_another_one_followed_cannot_go_on(tmp_path: Path):
    root = tmp_path / "acme"
    root.mkdir()
    shutil.copy(ACME, root)
    workspace = Workspace(root=root)
    plan, folder = planning.make_plan(workspace, planning.prepare(workspace))
    create_key(tmp_path / "ada.pem")
    signer = load_signer(f"file:{tmp_path}/ada.pem")
    ada = TrustedKey(keyid=signer.keyid, public=signer.public, roles=("approver",), name="Ada")
    (tmp_path / "trust.json").write_bytes(canonical_bytes(Trust(keys=(ada,))))
    approve(folder, key_uri=f"file:{tmp_path}/ada.pem", expires=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    granted = Credentials(trust_file=tmp_path / "trust.json")
    real = Bindings(
        world="real", id="real", nonce="0", hosts="none", time_scale="real", aws=AwsBinding(),
        state=str(root / "s"), secrets=str(root / "secrets"),
    )  # fmt: skip
    older = RunRow(
        id="r1", customer="acme", plan=plan.digest, plan_dir=str(folder.relative_to(root)), bindings=real,
        state="failed", started=1.0,
    )  # fmt: skip
    store = workspace.store()
    store.create_run(older)
    check_allowed(workspace, plan, folder, bindings=real, credentials=granted)
    store.create_run(
        RunRow(id="r2", customer="acme", plan=NEWER, plan_dir="x", bindings=real, state="done", started=2.0)
    )
    with pytest.raises(PlanRefused, match=r"it changes nothing, but what was applied last is sha256:1111"):
        resume(workspace, "r1", credentials=granted)


def test_without_its_build_inputs_nothing_is_built_in_the_real_world():
    acme = load(ACME)
    real = Bindings(
        world="real", id="real", nonce="0", hosts="none", time_scale="real", aws=AwsBinding(), state="s", secrets="x"
    )
    check_build_inputs(acme, real)
    without = msgspec.structs.replace(acme, build_inputs=BuildInputs(topology=acme.build_inputs.topology))
    with pytest.raises(PlanRefused, match=r"SD-1 §1\.4.*: architecture_diagram, deployment_plan, ") as refused:
        check_build_inputs(without, real)
    assert refused.value.exit_code == 5
    assert "topology" not in refused.value.details["build_inputs"]
    check_build_inputs(without, msgspec.structs.replace(real, world="rehearsal"))
    check_build_inputs(msgspec.structs.replace(without, components=()), real)
