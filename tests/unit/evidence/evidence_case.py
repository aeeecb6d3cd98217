"""One small run as material for evidence: the acme inventory, a hand-made plan, a failed step and a gate."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from toolkit.canonical import canonical_bytes, digest, digest_bytes
from toolkit.evidence.bundle import LedgerRow, Material
from toolkit.evidence.redact import Redactor
from toolkit.evidence.statement import Coverage, NotProven
from toolkit.model.bindings import AwsBinding, Bindings, HostBinding
from toolkit.model.decision import Decision, Nearest
from toolkit.model.inventory import Inventory
from toolkit.model.plan import Document, Index, Resource, Step
from toolkit.model.run import StepResult
from toolkit.signing.keys import keyid_of, load_signer

ROOT = Path(__file__).resolve().parents[3]
SALT = b"a salt that the provider keeps"
SECRET = "a-pre-shared-key-of-32-characters"
START = 1798800000.0


def inventory() -> Inventory:
    value = yaml.safe_load((ROOT / "tests/golden/evidence/inventory.yaml").read_text())
    return msgspec.convert(value, Inventory, strict=False)


def decisions(given: Inventory) -> tuple[Decision, ...]:
    return tuple(
        Decision(
            component=component.id,
            build_model="full-build",
            transition_class=5,
            managed=True,
            rule="BM-004",
            class_rule="TC-003",
            facts={"responsibility.infrastructure": "provider"},
            reasons=("The provider writes all layers but the software (SD-1 §1.1)",),
            nearest=Nearest(rule="BM-003", failed_on="responsibility.infrastructure is provider"),
        )
        for component in given.components
    )


def write_plan(folder: Path, given: Inventory) -> None:
    network = "urn:pulumi:acme-acme-prod-network::onboarding-network::aws:ec2/vpc:Vpc::acme-prod"
    step = Step(
        id="provision/acme-prod/network@0123456789ab",
        name="provision/acme-prod/network",
        stage="provision",
        action="provision.stack",
        kind="effect",
        scope="tenant/acme-prod",
        inputs={"tenant": "acme-prod", "layer": "network"},
    )
    tenant = Document(
        scope="tenant/acme-prod",
        steps=(step,),
        stacks={
            "acme-acme-prod-network": (
                Resource(urn=network, type="aws:ec2/vpc:Vpc", name="acme-prod", inputs={"cidrBlock": "10.20.0.0/16"}),
            )
        },
    )
    site = Document(
        scope="site/acme-hq",
        steps=(
            msgspec.structs.replace(
                step, id="verify/acme-hq@0", name="verify/acme-hq", inputs={"owner": "dba@acme.example"}
            ),
        ),
    )
    documents = {"tenant/acme-prod": canonical_bytes(tenant), "site/acme-hq": canonical_bytes(site)}
    index = Index(
        customer="acme",
        service=given.service,
        inventory=digest(given),
        decisions=digest(decisions(given)),
        bound={"toolkit": "0.1.0"},
        base=None,
        documents={name: digest_bytes(content) for name, content in documents.items()},
        changes=(),
        coverage=("aws", "tunnels"),
    )
    folder.mkdir(parents=True)
    (folder / "index.json").write_bytes(canonical_bytes(index))
    for name, content in documents.items():
        (folder / f"{name.replace('/', '-')}.json").write_bytes(content)


def bindings(world: str = "rehearsal") -> Bindings:
    return Bindings(
        world=world,
        id="r-1",
        nonce="n-1",
        hosts="lab",
        time_scale="fast",
        aws=AwsBinding(endpoint="http://127.0.0.1:5000"),
        state="/somewhere/state",
        secrets="/somewhere/secrets",
        host_bindings={
            "erp-vm-1": HostBinding(address="10.60.0.11", port=22, user="onboard", host_key="ssh-ed25519 AAAA")
        },
    )


def ledger(*more: LedgerRow) -> tuple[LedgerRow, ...]:
    name = "provision/acme-prod/network"
    return (
        LedgerRow(seq=1, step=name, kind="started", time=START + 1, data={"attempt": 1}),
        LedgerRow(seq=2, step=name, kind="progress", time=START + 2, message="creating the VPC for dba@acme.example"),
        LedgerRow(seq=3, step=name, kind="finished", time=START + 9.5, data={"changed": 1}),
        LedgerRow(seq=4, step="verify/acme-hq", kind="started", time=START + 10, data={"attempt": 1}),
        LedgerRow(seq=5, step="verify/acme-hq", kind="finished", time=START + 12.25),
        *more,
    )


def material(tmp_path: Path, **changes) -> Material:
    given = changes.pop("inventory", None) or inventory()
    plan = tmp_path / "plan"
    if not plan.exists():
        write_plan(plan, given)
    base = Material(
        run="20270101-120000-1a2b3c",
        inventory=given,
        decisions=decisions(given),
        plan_folder=plan,
        bindings=bindings(),
        ledger=ledger(),
        results={
            "provision/acme-prod/network": StepResult(
                changed=1, counts={"resources": 1}, outputs={"vpc_id": "vpc-1"}, facts=({"vpc": "10.20.0.0/16"},)
            ),
            "verify/acme-hq": StepResult(
                counts={"targets up": 2, "backups restored": 1},
                facts=({"check": "tunnel", "passed_by": "Nora Petit"},),
                not_proven=("alert delivery",),
            ),
        },
        result="passed",
        coverage=Coverage(
            proven=("aws", "tunnels"),
            not_proven=(NotProven(what="alert delivery", reason="the check disturbs and was not asked for"),),
            only_real_cloud=("quotas and service limits of the account",),
        ),
        started=START,
        finished=START + 13,
        enforcement=({"type": "aws:ec2/vpc:Vpc", "property": "cidrBlock", "enforced": "moto enforces"},),
        toolkit="0.1.0",
    )
    return msgspec.structs.replace(base, **changes)


def redactor(given: Inventory | None = None) -> Redactor:
    return Redactor(given or inventory(), salt=SALT, secrets=(SECRET,))


def fixed_signer(tmp_path: Path, seed: int = 0):
    """A signer whose key everybody knows: the test vectors of the format are signed with it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    path = tmp_path / f"key-{seed}.pem"
    path.touch(mode=0o600)
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    signer = load_signer(f"file:{path}")
    assert signer.keyid == keyid_of(signer.public)
    return signer
