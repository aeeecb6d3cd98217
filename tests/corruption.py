"""Breaks and mends live objects of a rehearsal's world as tests/verify-properties.yaml says, past every provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from toolkit.rehearsal.world.control import WorldControl
from toolkit.verify.aws_expected import Expected
from toolkit.verify.aws_reads import Aws, Found

PROPERTIES = Path(__file__).with_name("verify-properties.yaml")
_ID = ("KeyId", "TrailARN", "RoleName", "VpnConnectionId", "CustomerGatewayId", "VpnGatewayId", "FlowLogId", "RouteTableId",
       "SubnetId", "GroupId", "VpcId", "logGroupName", "BackupVaultName", "BackupPlanId", "Name")  # fmt: skip


def properties() -> list[dict[str, Any]]:
    return yaml.safe_load(PROPERTIES.read_text())["properties"]


def names(want: Expected, found: Found) -> dict[str, str]:
    """What the braces of verify-properties.yaml stand for, from the live objects of one tenant."""
    live = {name: found[urn][0] for name, urn in want.logical().items() if urn in found}
    made = {name: next(str(thing[key]) for key in _ID if key in thing) for name, thing in live.items()}
    link, policy = want.links[0].id, want.policies[0]
    made |= {
        "trail": live["trail"]["Name"],
        "key-arn": live["key"]["Arn"],
        "operator-id": live["operator"]["RoleId"],
        "bucket-policy": json.dumps(live["bucket"]["Policy"]),
        "operator-policy": json.dumps(live["operator"]["Inline"]["operator-reads"]),
        "flow-policy": json.dumps(live["flow-role"]["Inline"]["write-flows"]),
        "flow-role-id": live["flow-role"]["RoleId"],
        "backup-role-id": live["backup-role"]["RoleId"],
        "external-id": want.external_id,
        "tenant": want.tenant,
        "gateway-urn": want.logical()["gateway"],
        "customer-gateway": made[f"customer-gateway/{link}"],
        "connection": made[f"connection/{link}"],
        "site-network": want.links[0].networks[0],
        "tunnel1-address": live[f"connection/{link}"]["Options"]["TunnelOptions"][0]["OutsideIpAddress"],
        "zone-a": live["subnet-a"]["AvailabilityZone"],
        "plan": made[f"plan/{policy}"],
        "selection": live[f"plan/{policy}"]["SelectionIds"][0],
    }
    association = next(item for item in live["routes"]["Associations"] if item.get("SubnetId"))
    made["association-a"], made["association-a-subnet"] = (
        association["RouteTableAssociationId"],
        association["SubnetId"],
    )
    return made


def _filled(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, list):
        return [_filled(item, known) for item in value]
    if isinstance(value, dict):
        return {name: _filled(item, known) for name, item in value.items()}
    return value


@contextmanager
def broken(entry: dict[str, Any], *, control: WorldControl, aws: Aws, known: dict[str, str]) -> Iterator[None]:
    """The live object is broken inside the block and mended after it."""
    known = dict(known)

    def call(one: dict[str, Any]) -> None:
        service, operation = one["call"].split(".")
        answer = getattr(aws.client(service), operation)(**_filled(one["with"], known))
        for name, path in one.get("save", {}).items():
            value = answer
            for step in path:
                value = value[step]
            known[name] = value

    if "store" in entry:
        store = _filled(entry["store"], known)
        before = control.corrupt(store["service"], store["path"], store["value"])
        try:
            yield
        finally:
            control.corrupt(store["service"], store["path"], before)
        return
    for one in entry["calls"]:
        call(one)
    try:
        yield
    finally:
        for one in entry["undo"]:
            call(one)
