"""boto3 clients of one provider configuration: made once and kept, at the world's endpoint, with the rehearsal's credentials."""

from __future__ import annotations

import threading
from typing import Any

REHEARSAL_KEY = "AKIAREHEARSALONLY000"
REHEARSAL_SECRET = "rehearsal"  # noqa: S105 opens nothing but a rehearsal's world


class Cloud:
    """Clients by service (``cloud.ec2``), the region and account; safe to use from several threads."""

    def __init__(self, *, endpoint: str, region: str, account: str) -> None:
        self.endpoint = endpoint
        self.region = region
        self.account = account
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The kept client of a service."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def __getattr__(self, service: str) -> Any:
        if service.startswith("_"):
            raise AttributeError(service)
        return self.client(service)

    def arn(self, service: str, resource: str) -> str:
        """``arn:aws:<service>:<region>:<account>:<resource>``."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def _make(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        session = boto3.session.Session(
            aws_access_key_id=REHEARSAL_KEY, aws_secret_access_key=REHEARSAL_SECRET, region_name=self.region
        )
        return session.client(
            service,
            endpoint_url=self.endpoint,
            config=Config(
                retries={"total_max_attempts": 1},  # a retried create would hide a duplicate
                read_timeout=None,  # a withheld reply is the point of some faults
                s3={"addressing_style": "path"},
                max_pool_connections=32,
            ),
        )


def error_code(error: Exception) -> str:
    """AWS's error code of a botocore error, or ``""``."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def is_gone(error: Exception) -> bool:
    """Whether the error says that the object does not exist (any more)."""
    code = error_code(error)
    return code.endswith((".NotFound", ".Malformed")) or code in (
        "404", "NoSuchEntity", "NoSuchBucket", "NoSuchBucketPolicy", "NotFoundException", "ResourceNotFoundException",
        "TrailNotFoundException", "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    )  # fmt: skip
