"""The tenant's end of its VPN links: one gateway on AWS, two tunnels a link, one suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.addresses import tunnel_networks
from components.tenant import Group, Tenant

CUSTOMER_ASN = "65000"
AMAZON_ASN = "64512"
DPD_SECONDS = 30


Suite = Mapping[str, Any]


def tunnel_options(
    number: int, *, inside_cidr: str, preshared_key: pulumi.Input[str], suites: Mapping[str, Suite]
) -> dict[str, Any]:
    """Arguments of one tunnel: IKEv2 only and exactly one suite for each phase; AWS starts it and restarts it.

    ``suites`` has ``phase1`` and ``phase2``, each with ``encryption``, ``integrity`` and ``dh_group`` in AWS's words.
    """
    options: dict[str, Any] = {
        "inside_cidr": inside_cidr,
        "preshared_key": preshared_key,
        "ike_versions": ["ikev2"],
        "startup_action": "start",
        "dpd_timeout_action": "restart",
        "dpd_timeout_seconds": DPD_SECONDS,
        "phase1_lifetime_seconds": 28800,
        "phase2_lifetime_seconds": 3600,
    }
    for phase, suite in suites.items():
        options[f"{phase}_encryption_algorithms"] = [suite["encryption"]]
        options[f"{phase}_integrity_algorithms"] = [suite["integrity"]]
        options[f"{phase}_dh_group_numbers"] = [int(suite["dh_group"])]
    return {f"tunnel{number}_{name}": value for name, value in options.items()}


class VpnLinks(Group):
    """One VPN gateway on the VPC and, for each link, the site's gateway, the connection and its static routes."""

    def __init__(
        self,
        tenant: Tenant,
        *,
        cidr: str,
        vpc_id: pulumi.Input[str],
        route_table_id: pulumi.Input[str],
        links: Sequence[Mapping[str, Any]],
        suites: Mapping[str, Suite],
    ) -> None:
        super().__init__("VpnLinks", "vpn", tenant)
        self.cidr = cidr
        self.suites = suites
        self.route_table_id = route_table_id
        self.gateway = aws.ec2.VpnGateway(
            "gateway",
            vpc_id=vpc_id,
            amazon_side_asn=AMAZON_ASN,
            tags=self._tags("aws:ec2/vpnGateway:VpnGateway", "gateway"),
            opts=self.child(),
        )
        inside = tunnel_networks(link["id"] for link in links)
        self.outputs = {link["id"]: self._link(link, inside) for link in links}
        self.register_outputs({})

    def _tags(self, type_: str, name: str) -> dict[str, str]:
        return self.tenant.tags(type_, name, {"Name": self.tenant.physical(name, 256)})

    def _link(self, link: Mapping[str, Any], inside: Mapping[tuple[str, int], str]) -> dict[str, pulumi.Input[Any]]:
        name = link["id"]
        if link["routing"] != "static":
            raise ValueError(f"link {name}: routing {link['routing']} is not offered, only static")
        site = aws.ec2.CustomerGateway(
            name,
            type="ipsec.1",
            bgp_asn=CUSTOMER_ASN,
            ip_address=link["peer_address"],
            tags=self._tags("aws:ec2/customerGateway:CustomerGateway", name),
            opts=self.child(),
        )
        tunnels: dict[str, Any] = {}
        for number in (1, 2):
            tunnels |= tunnel_options(
                number,
                inside_cidr=inside[name, number],
                preshared_key=self.tenant.config.require_secret(f"psk-{name}-{number}"),
                suites=self.suites,
            )
        connection = aws.ec2.VpnConnection(
            name,
            type="ipsec.1",
            customer_gateway_id=site.id,
            vpn_gateway_id=self.gateway.id,
            static_routes_only=True,
            # AWS takes one selector a side: the site's network when it has one, else any (its routes still decide)
            local_ipv4_network_cidr=link["networks"][0] if len(link["networks"]) == 1 else "0.0.0.0/0",
            remote_ipv4_network_cidr=self.cidr,
            **tunnels,
            tags=self._tags("aws:ec2/vpnConnection:VpnConnection", name),
            opts=self.child(),
        )
        for network in link["networks"]:
            part = f"{name}-{network.replace('/', '-')}"
            aws.ec2.VpnConnectionRoute(
                part, vpn_connection_id=connection.id, destination_cidr_block=network, opts=self.child()
            )
            aws.ec2.Route(
                part,
                route_table_id=self.route_table_id,
                destination_cidr_block=network,
                gateway_id=self.gateway.id,
                opts=self.child(),
            )
        outputs: dict[str, pulumi.Input[Any]] = {
            "vpn_connection_id": connection.id,
            "customer_gateway_id": site.id,
            "vpn_gateway_id": self.gateway.id,
        }
        for number in (1, 2):
            outputs[f"tunnel{number}_address"] = getattr(connection, f"tunnel{number}_address")
            outputs[f"tunnel{number}_inside_cidr"] = getattr(connection, f"tunnel{number}_inside_cidr")
            outputs[f"tunnel{number}_preshared_key"] = pulumi.Output.secret(
                getattr(connection, f"tunnel{number}_preshared_key")
            )
        return outputs
