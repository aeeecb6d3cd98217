"""``onboard approve``: a detached signature over a plan's digest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from toolkit.cli.keys import CREATE_KEY, signing_key
from toolkit.cli.options import PATH, Shown, common


@click.command()
@click.argument("plan_folder", metavar="PLAN", type=PATH)
@click.option("--key", required=True, metavar="URI", help="The approver's key, file:/path/to/key.pem.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365), help="How long the approval holds.")
@CREATE_KEY
@common()
def approve(*, plan_folder: Path, key: str, days: int, create_key: bool, shown: Shown) -> None:
    """Approve a plan. The signature is written beside it; the trust file decides whose count."""
    from toolkit.cli.present import print_json, print_text
    from toolkit.plan.approval import approve as sign_plan

    uri = signing_key(key, create=create_key)
    assert uri is not None
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    path = sign_plan(plan_folder, key_uri=uri, expires=expires)
    if shown.as_json:
        print_json({"schema": "onboarding/approved/v1", "approval": str(path), "expires": expires.isoformat()})
    else:
        print_text(f"approved until {expires:%Y-%m-%d %H:%M} UTC: {path}")
