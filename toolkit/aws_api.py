"""The one way to AWS: where it answers in a run's world, clients for it, and whose account that is.

A rehearsal's clients speak to a loopback address with credentials that no cloud knows; files, profiles and proxies of
the environment are not looked at. The real world's are the user's own, as the engine's provider finds them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from toolkit.errors import IdentityWrong, PrerequisiteMissing
from toolkit.model.bindings import Bindings

OWNERSHIP_TAG = "onboard:urn"
"""The tag whose value is the URN of the logical resource that an object stands for."""
REHEARSAL_KEY = "rehearsal"
"""Access key id and secret key of every rehearsal: a stand-in asks for some, and these open nothing."""

_NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""botocore's variables (name in a file, in the environment, default, conversion) so that no file is read."""

Clients = Callable[[str], Any]
"""From a service's name (``ec2``) to its client."""


def loopback(bindings: Bindings) -> str:
    """AWS's endpoint of a rehearsal; raises IdentityWrong when it is absent or not a loopback address."""
    endpoint = bindings.aws.endpoint or ""
    try:
        inside = ip_address(urlsplit(endpoint).hostname or "").is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise IdentityWrong(
            f"rehearsal {bindings.id} has no loopback endpoint for AWS (it has {endpoint or 'none'})",
            fix="rehearse anew; a rehearsal never speaks to a real cloud",
        )
    return endpoint


def aws_clients(bindings: Bindings, *, region: str) -> Clients:
    """Clients of one region, each made once: they cost more than their calls.

    Raises IdentityWrong for a rehearsal without a loopback endpoint, and for a real world that names an endpoint (the
    engine would provision another cloud than the one that is asked here); PrerequisiteMissing without boto3.
    """
    try:
        import boto3
        import botocore.session
        from botocore.config import Config
    except ImportError as error:
        raise PrerequisiteMissing(
            f"the Python package {error.name!r} is missing", fix="pip install 'onboarding-toolkit[aws]'"
        ) from error
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)
    core = botocore.session.Session()
    fixed: dict[str, str] = {}
    if bindings.world == "rehearsal":
        fixed = {
            "endpoint_url": loopback(bindings),
            "aws_access_key_id": REHEARSAL_KEY,
            "aws_secret_access_key": REHEARSAL_KEY,
        }
        config = config.merge(Config(proxies={}, s3={"addressing_style": "path"}))
        core = botocore.session.Session(session_vars=_NO_FILES)
    elif bindings.aws.endpoint:
        raise IdentityWrong(
            f"the real world's bindings name an endpoint for AWS ({bindings.aws.endpoint}), which the engine does not use",
            fix="leave aws.endpoint out of the bindings",
        )
    session = boto3.session.Session(botocore_session=core, region_name=region)

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
