"""boto3 clients for the world that a run is bound to, and whose account that world is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from toolkit.errors import IdentityWrong, PrerequisiteMissing
from toolkit.model.bindings import Bindings
from toolkit.provision.settings import REHEARSAL_KEY, loopback

Clients = Callable[[str], Any]


def aws_clients(bindings: Bindings, *, region: str) -> Clients:
    """A function from a service's name (``ec2``) to its client, each made once: they cost more than their calls.

    In a rehearsal the endpoint is the stand-in's, and no credential file or environment variable is looked at.
    """
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise PrerequisiteMissing(
            f"the Python package {error.name!r} is missing", fix="pip install 'onboarding-toolkit[aws]'"
        ) from error
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)
    if bindings.world == "rehearsal":
        fixed = {
            "endpoint_url": loopback(bindings),
            "aws_access_key_id": REHEARSAL_KEY,
            "aws_secret_access_key": REHEARSAL_KEY,
        }
        session = boto3.Session(
            region_name=region, aws_access_key_id=REHEARSAL_KEY, aws_secret_access_key=REHEARSAL_KEY
        )
    else:
        fixed = {}
        session = boto3.Session(region_name=region)

    @cache
    def client(service: str) -> Any:
        return session.client(service, config=config, **fixed)

    return client


def check_identity(clients: Clients, *, account: str, tenant: str) -> str:
    """The caller's ARN; raises IdentityWrong unless the credentials belong to the tenant's account."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        identity = clients("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise IdentityWrong(
            f"tenant {tenant}: AWS does not say whose credentials these are: {error}",
            fix=f"log in to account {account} (aws sts get-caller-identity must answer)",
        ) from error
    if identity["Account"] != account:
        raise IdentityWrong(
            f"tenant {tenant} is account {account}, the credentials belong to {identity['Account']}",
            fix=f"use credentials of account {account}",
            details={"tenant": tenant, "expected": account, "found": identity["Account"]},
        )
    return str(identity["Arn"])
