"""A tenant's private network on AWS: subnets over zones, one route table, everything closed, flows logged."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components import policies
from components.addresses import ZONE_LETTERS, split
from components.tenant import Group, Tenant

FLOW_LOG_DAYS = 365


class Network(Group):
    """VPC with ``zones`` private subnets; its default security group lets nothing through."""

    def __init__(self, tenant: Tenant, *, cidr: str, zones: int, key_arn: pulumi.Input[str]) -> None:
        super().__init__("Network", "network", tenant)

        def tags(type_: str, name: str) -> dict[str, str]:
            return tenant.tags(type_, name, {"Name": tenant.physical(name, 256)})

        self.vpc = aws.ec2.Vpc(
            "vpc",
            cidr_block=cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=tags("aws:ec2/vpc:Vpc", "vpc"),
            opts=self.child(),
        )
        aws.ec2.DefaultSecurityGroup(
            "closed",
            vpc_id=self.vpc.id,
            ingress=[],
            egress=[],
            tags=tags("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed"),
            opts=self.child(),
        )
        self.routes = aws.ec2.RouteTable(
            "private",
            vpc_id=self.vpc.id,
            tags=tags("aws:ec2/routeTable:RouteTable", "private"),
            opts=self.child(),
        )
        self.subnets = []
        for letter, subnet_cidr in zip(ZONE_LETTERS, split(cidr, zones), strict=False):
            name = f"private-{letter}"
            subnet = aws.ec2.Subnet(
                name,
                vpc_id=self.vpc.id,
                cidr_block=subnet_cidr,
                availability_zone=f"{tenant.region}{letter}",
                map_public_ip_on_launch=False,
                tags=tags("aws:ec2/subnet:Subnet", name),
                opts=self.child(),
            )
            aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=self.routes.id, opts=self.child())
            self.subnets.append(subnet)
        self._log_flows(key_arn)
        self.outputs: dict[str, pulumi.Input[object]] = {
            "vpc_id": self.vpc.id,
            "subnet_ids": [subnet.id for subnet in self.subnets],
            "route_table_id": self.routes.id,
        }
        self.register_outputs({})

    def _log_flows(self, key_arn: pulumi.Input[str]) -> None:
        """Accepted and rejected flows of the whole VPC into an encrypted log group."""
        tenant = self.tenant
        name = f"/onboard/{tenant.customer}/{tenant.id}/flows"
        group = aws.cloudwatch.LogGroup(
            "flows",
            name=name,
            kms_key_id=key_arn,
            retention_in_days=FLOW_LOG_DAYS,
            tags=tenant.tags("aws:cloudwatch/logGroup:LogGroup", "flows"),
            opts=self.child(),
        )
        role = aws.iam.Role(
            "flows",
            name=tenant.physical("flows"),
            description="VPC flow logs write to their log group",
            assume_role_policy=policies.trust("vpc-flow-logs.amazonaws.com"),
            tags=tenant.tags("aws:iam/role:Role", "flows"),
            opts=self.child(),
        )
        written = aws.iam.RolePolicy(
            "flows",
            name="write-flows",
            role=role.name,
            policy=policies.document(
                policies.allow(
                    ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    [tenant.arn("logs", f"log-group:{name}"), tenant.arn("logs", f"log-group:{name}:*")],
                )
            ),
            opts=self.child(),
        )
        aws.ec2.FlowLog(
            "flows",
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=tenant.tags("aws:ec2/flowLog:FlowLog", "flows", {"Name": tenant.physical("flows", 256)}),
            opts=self.child(written),
        )
