"""moto's KMS gap: the rotation period, and the rotation of keys that wait for deletion."""

from __future__ import annotations

import json
from typing import Any

from toolkit.rehearsal.world.extend import extend, method_of, param

DEFAULT_ROTATION_DAYS = 365


def fill() -> None:
    """Extend moto's KMS responses: EnableKeyRotation keeps ``RotationPeriodInDays`` (90 to 2560 days)."""
    from moto.kms.exceptions import ValidationException
    from moto.kms.responses import KmsResponse

    enable_in_moto = method_of(KmsResponse, "enable_key_rotation")

    def enable_key_rotation(response: Any) -> Any:
        days = param(response, "RotationPeriodInDays")
        if days is not None and not 90 <= int(days) <= 2560:
            raise ValidationException(f"RotationPeriodInDays {days} is not between 90 and 2560.")
        answer = enable_in_moto(response)
        key = _key(response)
        if days is not None or not hasattr(key, "rotation_period_in_days"):
            key.rotation_period_in_days = int(days or DEFAULT_ROTATION_DAYS)
        return answer

    def get_key_rotation_status(response: Any) -> str:
        key = _key(response)
        status: dict[str, Any] = {"KeyId": key.arn, "KeyRotationEnabled": bool(key.key_rotation_status)}
        if key.key_rotation_status:
            status["RotationPeriodInDays"] = getattr(key, "rotation_period_in_days", DEFAULT_ROTATION_DAYS)
        return json.dumps(status)

    extend(KmsResponse, enable_key_rotation, get_key_rotation_status)


def _key(response: Any) -> Any:
    key_id = param(response, "KeyId")
    response._validate_cmk_id(key_id)  # noqa: SLF001 what moto does in each of its own operations
    return response.kms_backend.keys[response.kms_backend.get_key_id(key_id)]
