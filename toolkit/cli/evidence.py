"""``onboard evidence``: the auditor's side; needs a bundle and, to say whose it is, a trust file."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common

TRUST = click.option("--trust", type=PATH, help="The trust file: whose signatures count.")


@click.group()
def evidence() -> None:
    """Check or show an evidence bundle, offline."""


@evidence.command()
@click.argument("bundle", type=PATH)
@TRUST
@common()
def verify(*, bundle: Path, trust: Path | None, shown: Shown) -> None:
    """Every digest, link and signature of a bundle. One altered byte: exit 11, and which file or record."""
    from toolkit import signing
    from toolkit.canonical import plain
    from toolkit.cli.present import print_json, print_text
    from toolkit.evidence.verify import verify_bundle

    verdict = verify_bundle(bundle, signing.read_trust(trust) if trust else None)
    if shown.as_json:
        print_json({**plain(verdict), "summary": verdict.summary})
        return
    print_text(f"{bundle}: {verdict.summary}")
    print_text(
        f"  {verdict.files} files, {verdict.records} records, {verdict.components} components, root {verdict.root}"
    )
    print_text(
        f"  run {verdict.run} of plan {verdict.plan}: {verdict.result}{' (faults injected)' if verdict.faulted else ''}"
    )
    whose = "no trust file given" if verdict.trusted is None else "trusted" if verdict.trusted else "not trusted"
    print_text(f"  signed by {verdict.signer_name or verdict.signer}: {whose}")


@evidence.command()
@click.argument("bundle", type=PATH)
@click.option("--key", required=True, metavar="URI", help="The witness's key, file:/path/to/key.pem.")
@common()
def countersign(*, bundle: Path, key: str, shown: Shown) -> None:
    """Add a witness's signature, so that a bundle is anchored by another key than the operator's own."""
    from toolkit import signing
    from toolkit.cli.present import print_json, print_text
    from toolkit.evidence.countersign import countersign as add

    signer = signing.load_signer(key)
    add(bundle, signer)
    if shown.as_json:
        print_json({"schema": "onboarding/countersigned/v1", "bundle": str(bundle), "witness": signer.keyid})
    else:
        print_text(f"{bundle}: countersigned by {signer.keyid}")


@evidence.command()
@click.argument("bundle", type=PATH)
@TRUST
@click.option(
    "--component", metavar="ID", help="Instead: one component's entry, with the proof that the root holds it."
)
@common()
def show(*, bundle: Path, trust: Path | None, component: str | None, shown: Shown) -> None:
    """What a bundle says, after it was checked."""
    from toolkit import signing
    from toolkit.cli.present import print_json, print_text
    from toolkit.evidence.show import component_proof, proof_text, show_json, show_text

    keys = signing.read_trust(trust) if trust else None
    if component is not None:
        proof = component_proof(bundle, component, keys)
        if shown.as_json:
            print_json(proof)
        else:
            print_text(proof_text(proof))
    elif shown.as_json:
        print_json(show_json(bundle, keys))
    else:
        print_text(show_text(bundle, keys))
