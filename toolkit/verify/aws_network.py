"""Judges a tenant's network and VPN on AWS. Pure: live objects in, checks out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.verify.aws_expected import ZONE_LETTERS, Expected, ExpectedLink, Suite
from toolkit.verify.aws_foundation import Objects
from toolkit.verify.aws_policies import allows, flow_rights, rights, service_trust
from toolkit.verify.check import Check, equal, holds


def network_checks(want: Expected, live: Objects) -> Iterator[Check]:
    """VPC, subnets, security group, routes and flow log, as far as they are there."""
    vpc = live.get("vpc", {})
    if vpc:
        yield equal(
            "vpc.cidr",
            subject=f"vpc {vpc['VpcId']}",
            claim="the VPC has the inventory's network",
            how="ec2.DescribeVpcs",
            expected=want.cidr,
            observed=vpc.get("CidrBlock"),
        )
        yield from _subnets(want, live, vpc)
    if "group" in live:
        group = live["group"]
        yield equal(
            "network.default-group-closed",
            subject=f"security group {group['GroupId']}",
            claim="the VPC's default security group lets nothing in or out",
            how="ec2.DescribeSecurityGroups",
            expected=["default", vpc.get("VpcId"), 0, 0],
            observed=[
                group.get("GroupName"),
                group.get("VpcId"),
                len(group.get("IpPermissions", [])),
                len(group.get("IpPermissionsEgress", [])),
            ],
        )
    if "routes" in live:
        yield from _no_way_out(live["routes"])
    if "flow-log" in live:
        yield from _flow_log(live, vpc)
    if "flow-role" in live:
        role, log_group = live["flow-role"], live.get("log-group", {}).get("arn", "")
        yield equal(
            "network.flow-role",
            subject=f"iam {role['RoleName']}",
            claim="VPC flow logs alone may take their role, which writes to their log group and may nothing else",
            how="iam.ListRoles, iam.ListAttachedRolePolicies, iam.ListRolePolicies, iam.GetRolePolicy",
            expected={
                "trust": service_trust("vpc-flow-logs.amazonaws.com"),
                **flow_rights(log_group.removesuffix(":*")),
            },
            observed={"trust": allows(role["Trust"]), **rights(role)},
        )


def _subnets(want: Expected, live: Objects, vpc: Mapping[str, Any]) -> Iterator[Check]:
    subnets = [live[f"subnet-{letter}"] for letter in ZONE_LETTERS[: want.zones] if f"subnet-{letter}" in live]
    network = ipaddress.ip_network(want.cidr)
    inside = [
        subnet["VpcId"] == vpc["VpcId"] and ipaddress.ip_network(subnet["CidrBlock"]).subnet_of(network)  # type: ignore[arg-type]  # both are IPv4
        for subnet in subnets
    ]
    yield holds(
        "network.zones",
        subject=f"vpc {vpc['VpcId']}",
        claim=f"the subnets stand in {want.zones} zones, inside the VPC",
        how="ec2.DescribeSubnets",
        truth=len({subnet["AvailabilityZone"] for subnet in subnets}) == want.zones and all(inside),
        observed=[[subnet["AvailabilityZone"], subnet["CidrBlock"]] for subnet in subnets],
    )
    yield equal(
        "network.private",
        subject=f"vpc {vpc['VpcId']}",
        claim="no subnet gives out public addresses",
        how="ec2.DescribeSubnets",
        expected=[False] * len(subnets),
        observed=[subnet.get("MapPublicIpOnLaunch") for subnet in subnets],
    )
    if "routes" in live:
        associated = [item.get("SubnetId") for item in live["routes"].get("Associations", []) if item.get("SubnetId")]
        yield equal(
            "network.subnets-routed",
            subject=f"route table {live['routes']['RouteTableId']}",
            claim="every subnet uses the tenant's route table",
            how="ec2.DescribeRouteTables",
            expected=sorted(subnet["SubnetId"] for subnet in subnets),
            observed=sorted(associated),
        )


def _no_way_out(table: Mapping[str, Any]) -> Iterator[Check]:
    ways = [
        [route.get("DestinationCidrBlock"), target]
        for route in table.get("Routes", [])
        for target in (route.get("GatewayId"), route.get("NatGatewayId"), route.get("EgressOnlyInternetGatewayId"))
        if target and target.startswith(("igw-", "nat-", "eigw-"))
    ]
    yield equal(
        "network.no-internet",
        subject=f"route table {table['RouteTableId']}",
        claim="no route leads to the internet",
        how="ec2.DescribeRouteTables",
        expected=[],
        observed=ways,
    )


def _flow_log(live: Objects, vpc: Mapping[str, Any]) -> Iterator[Check]:
    flow, group = live["flow-log"], live.get("log-group", {})
    yield equal(
        "network.flow-log",
        subject=f"flow log {flow['FlowLogId']}",
        claim="accepted and rejected flows of the whole VPC are logged",
        how="ec2.DescribeFlowLogs",
        expected=[vpc.get("VpcId"), "ALL", "ACTIVE", group.get("logGroupName")],
        observed=[
            flow.get("ResourceId"),
            flow.get("TrafficType"),
            flow.get("FlowLogStatus"),
            flow.get("LogGroupName") or str(flow.get("LogDestination", "")).partition(":log-group:")[2],
        ],
    )
    yield equal(
        "network.flow-log-encryption",
        subject=f"log group {group.get('logGroupName')}",
        claim="flows are stored encrypted with the tenant's key",
        how="logs.DescribeLogGroups",
        expected=live.get("key", {}).get("Arn"),
        observed=group.get("kmsKeyId"),
    )
    yield holds(
        "network.flow-log-retention",
        subject=f"log group {group.get('logGroupName')}",
        claim="flows are kept for a year or more",
        how="logs.DescribeLogGroups",
        truth=int(group.get("retentionInDays") or 0) >= 365,
        observed=group.get("retentionInDays"),
    )


def vpn_checks(want: Expected, live: Objects) -> Iterator[Check]:
    """Gateway, and for each link the site's gateway, the connection and its tunnels, as far as they are there."""
    vpc, gateway = live.get("vpc", {}), live.get("gateway", {})
    if gateway:
        attached = [a for a in gateway.get("VpcAttachments", []) if a.get("State") == "attached"]
        yield equal(
            "vpn.gateway-attached",
            subject=f"vpn gateway {gateway['VpnGatewayId']}",
            claim="the VPN gateway is attached to the tenant's VPC",
            how="ec2.DescribeVpnGateways",
            expected=[vpc.get("VpcId")],
            observed=[attachment.get("VpcId") for attachment in attached],
        )
    for link in want.links:
        site, connection = live.get(f"customer-gateway/{link.id}"), live.get(f"connection/{link.id}")
        if site:
            yield equal(
                "vpn.customer-gateway",
                subject=f"{link.id}: customer gateway {site['CustomerGatewayId']}",
                claim="the customer gateway is the site's endpoint",
                how="ec2.DescribeCustomerGateways",
                expected=link.peer,
                observed=site.get("IpAddress"),
            )
        if connection:
            yield from _connection(want, link, connection, site=site or {}, gateway=gateway)
        if "routes" in live and gateway:
            yield from _routes(link, live["routes"], gateway)


def _connection(
    want: Expected,
    link: ExpectedLink,
    connection: Mapping[str, Any],
    *,
    site: Mapping[str, Any],
    gateway: Mapping[str, Any],
) -> Iterator[Check]:
    subject, how = f"{link.id}: {connection['VpnConnectionId']}", "ec2.DescribeVpnConnections"
    options = connection.get("Options") or {}
    yield equal(
        "vpn.connection",
        subject=subject,
        claim="the connection joins the site's gateway to the tenant's",
        how=how,
        expected=["available", site.get("CustomerGatewayId"), gateway.get("VpnGatewayId")],
        observed=[connection.get("State"), connection.get("CustomerGatewayId"), connection.get("VpnGatewayId")],
    )
    yield equal(
        "vpn.static",
        subject=subject,
        claim="the connection has static routes only",
        how=how,
        expected=True,
        observed=options.get("StaticRoutesOnly"),
    )
    yield equal(
        "vpn.static-routes",
        subject=subject,
        claim="the connection carries the site's networks and no other",
        how=how,
        expected=list(link.networks),
        observed=sorted(
            route["DestinationCidrBlock"] for route in connection.get("Routes", []) if route.get("State") != "deleted"
        ),
    )
    tunnels = options.get("TunnelOptions", [])
    yield holds(
        "vpn.two-tunnels",
        subject=subject,
        claim="the connection has two tunnels with addresses of their own",
        how=how,
        truth=len(tunnels) == 2 and len({tunnel.get("OutsideIpAddress") for tunnel in tunnels}) == 2,
        observed=[tunnel.get("OutsideIpAddress") for tunnel in tunnels],
    )
    for number, tunnel in enumerate(tunnels, start=1):
        yield from _tunnel(want, f"{subject} tunnel {number}", number, tunnel)


def _values(tunnel: Mapping[str, Any], name: str) -> list[Any]:
    return [item["Value"] for item in tunnel.get(name, [])]


def _suite(tunnel: Mapping[str, Any], phase: int) -> list[list[Any]]:
    names = ("EncryptionAlgorithms", "IntegrityAlgorithms", "DHGroupNumbers")
    return [_values(tunnel, f"Phase{phase}{name}") for name in names]


def _tunnel(want: Expected, subject: str, number: int, tunnel: Mapping[str, Any]) -> Iterator[Check]:
    how = "ec2.DescribeVpnConnections: Options.TunnelOptions"
    yield equal(
        f"vpn.tunnel{number}-ikev2",
        subject=subject,
        claim="the tunnel speaks IKEv2 only",
        how=how,
        expected=["ikev2"],
        observed=_values(tunnel, "IkeVersions"),
    )

    def wanted(suite: Suite) -> list[list[Any]]:
        return [[suite.encryption], [suite.integrity], [suite.group]]

    for phase, suite in ((1, want.phase1), (2, want.phase2)):
        yield equal(
            f"vpn.tunnel{number}-phase{phase}",
            subject=subject,
            claim=f"the tunnel allows exactly one suite in phase {phase}",
            how=how,
            expected=wanted(suite),
            observed=_suite(tunnel, phase),
        )


def _routes(link: ExpectedLink, table: Mapping[str, Any], gateway: Mapping[str, Any]) -> Iterator[Check]:
    via = gateway["VpnGatewayId"]
    propagated = any(item.get("GatewayId") == via for item in table.get("PropagatingVgws", []))
    reached = sorted(
        route["DestinationCidrBlock"]
        for route in table.get("Routes", [])
        if route.get("GatewayId") == via and route.get("State", "active") == "active"
    )
    yield holds(
        "vpn.routed",
        subject=f"{link.id}: route table {table['RouteTableId']}",
        claim="the site's networks are reached through the VPN gateway",
        how="ec2.DescribeRouteTables",
        truth=propagated or set(link.networks) <= set(reached),
        observed={"routes": reached, "propagated": propagated},
    )
