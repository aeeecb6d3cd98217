"""moto's smaller EC2 gaps: the default security group's own rules, flow logs to a bucket with a prefix, device names."""

from __future__ import annotations

from typing import Any

from toolkit.rehearsal.world.extend import extend, method_of, param


def fill() -> None:
    """Extend moto's EC2 backend in this process."""
    _seed_default_group()
    _flow_logs_with_prefix()
    _device_names()


def _seed_default_group() -> None:
    """AWS's default group lets its own members in; without that, a group "closed" by doing nothing would pass."""
    from moto.ec2.models import EC2Backend
    from moto.ec2.models.security_groups import SecurityGroupRule

    create_in_moto = method_of(EC2Backend, "create_vpc")

    def create_vpc(backend: Any, *arguments: Any, **named: Any) -> Any:
        vpc = create_in_moto(backend, *arguments, **named)
        group = backend.get_default_security_group(vpc.id)
        if not group.ingress_rules:
            source = {"GroupId": group.id, "OwnerId": backend.account_id, "UserId": backend.account_id}
            group.ingress_rules.append(
                SecurityGroupRule(backend, "-1", group.id, None, None, None, source, is_egress=False)
            )
        return vpc

    extend(EC2Backend, create_vpc)


def _flow_logs_with_prefix() -> None:
    """For moto ``bucket/prefix`` is a bucket's name: check the bucket only, keep the whole destination."""
    from moto.ec2.models import EC2Backend
    from moto.ec2.responses import EC2Response

    create_in_moto = method_of(EC2Backend, "create_flow_logs")
    respond_in_moto = method_of(EC2Response, "create_flow_logs")

    def create_flow_logs(backend: Any, **named: Any) -> Any:
        destination = named["log_destination"]
        if named["log_destination_type"] == "s3" and destination:
            named["log_destination"] = destination.split("/", 1)[0]
        if named["log_destination_type"] in (None, "cloud-watch-logs") and destination and not named["log_group_name"]:
            named["log_group_name"] = destination.split(":log-group:", 1)[-1].removesuffix(":*")
        created, refused = create_in_moto(backend, **named)
        for flow_log in created:
            flow_log.log_destination = destination
        return created, refused

    def respond(response: Any) -> Any:
        answer = respond_in_moto(response)
        options = param(response, "DestinationOptions")
        for flow_log_id in answer.result["FlowLogIds"]:
            response.ec2_backend.flow_logs[flow_log_id].destination_options = options
        return answer

    respond.__name__ = "create_flow_logs"
    extend(EC2Backend, create_flow_logs)
    extend(EC2Response, respond)


def _device_names() -> None:
    from moto.ec2.responses import EC2Response

    respond_in_moto = method_of(EC2Response, "create_customer_gateway")

    def create_customer_gateway(response: Any) -> Any:
        answer = respond_in_moto(response)
        answer.result["CustomerGateway"].device_name = param(response, "DeviceName")
        return answer

    extend(EC2Response, create_customer_gateway)
