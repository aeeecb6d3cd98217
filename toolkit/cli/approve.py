"""``onboard approve``: a detached signature over a plan's digest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("plan_folder", metavar="PLAN", type=PATH)
@click.option("--key", required=True, metavar="URI", help="The approver's key, file:/path/to/key.pem.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365), help="How long the approval holds.")
@click.option("--allow-removal", multiple=True, metavar="KIND/NAME", help="A removal that the plan lists; repeatable.")
@click.option("--create-key", is_flag=True, help="Make the key first, with its public half beside it.")
@common()
def approve(
    *, plan_folder: Path, key: str, days: int, allow_removal: tuple[str, ...], create_key: bool, shown: Shown
) -> None:
    """Approve a plan. The signature is written beside it; the trust file decides whose count."""
    from toolkit import signing
    from toolkit.cli.present import print_json, print_text
    from toolkit.errors import UsageError
    from toolkit.plan.approval import approve as sign_plan

    if create_key:
        if not key.startswith("file:"):
            raise UsageError("only key files can be made here", fix="name one: --key file:/path/to/key.pem")
        signing.create_key(Path(key.removeprefix("file:")).expanduser())
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    path = sign_plan(plan_folder, key_uri=key, expires=expires, removals=allow_removal)
    if shown.as_json:
        print_json({"schema": "onboarding/approved/v1", "approval": str(path), "expires": expires.isoformat()})
    else:
        print_text(f"approved until {expires:%Y-%m-%d %H:%M} UTC: {path}")
