"""moto's AWS Backup gap: selections, and the update of a plan."""

from __future__ import annotations

import json
import re
from typing import Any

from toolkit.rehearsal.world.extend import extend, method_of

_SELECTION_NAME = re.compile(r"[a-zA-Z0-9\-_.]{1,50}")


def fill() -> None:
    """Extend moto's Backup responses and backend in this process."""
    from moto.backup.models import BackupBackend
    from moto.backup.responses import BackupResponse

    delete_in_moto = method_of(BackupBackend, "delete_backup_plan")
    get_in_moto = method_of(BackupBackend, "get_backup_plan")
    create_in_moto = method_of(BackupBackend, "create_backup_plan")

    def create_backup_plan(backend: Any, **named: Any) -> Any:
        _refuse_unknown_vaults(backend, named["backup_plan"])
        plan = create_in_moto(backend, **named)
        plan.selections = {}
        return plan

    def get_backup_plan(backend: Any, backup_plan_id: str, version_id: Any = None) -> Any:
        plan = get_in_moto(backend, backup_plan_id, version_id)
        if plan.deletion_date is not None:
            raise _missing(f"Backup plan {backup_plan_id} is deleted")
        return plan

    def delete_backup_plan(backend: Any, backup_plan_id: str) -> Any:
        if get_in_moto(backend, backup_plan_id, None).selections:
            raise _invalid("Related backup plan selections must be deleted prior to backup plan deletion")
        return delete_in_moto(backend, backup_plan_id)

    extend(BackupBackend, create_backup_plan, get_backup_plan, delete_backup_plan)
    extend(
        BackupResponse,
        update_backup_plan,
        create_backup_selection,
        get_backup_selection,
        list_backup_selections,
        delete_backup_selection,
    )


def update_backup_plan(response: Any) -> str:
    """Backup UpdateBackupPlan: a new version of the document; rules keep AWS's defaults."""
    from moto.backup.models import Plan

    plan = _plan(response)
    document = json.loads(response.body)["BackupPlan"]
    _refuse_unknown_vaults(response.backup_backend, document)
    fresh = Plan(backup_plan=document, creator_request_id=plan.creator_request_id, backend=response.backup_backend)
    plan.backup_plan = fresh.backup_plan
    plan.advanced_backup_settings = fresh.advanced_backup_settings
    plan.version_id = fresh.version_id
    return json.dumps(plan.to_dict())


def create_backup_selection(response: Any) -> str:
    """Backup CreateBackupSelection: names may repeat (AWS refuses only the same creator request id)."""
    from moto.core.utils import unix_time
    from moto.moto_api._internal import mock_random

    plan = _plan(response)
    body = json.loads(response.body)
    selection = body["BackupSelection"]
    if not _SELECTION_NAME.fullmatch(selection.get("SelectionName", "")):
        raise _invalid("SelectionName must match [a-zA-Z0-9-_.]{1,50}")
    selection_id = str(mock_random.uuid4())
    plan.selections[selection_id] = {
        "SelectionId": selection_id,
        "BackupPlanId": plan.backup_plan_id,
        "BackupSelection": selection,
        "CreationDate": unix_time(),
        "CreatorRequestId": body.get("CreatorRequestId") or "",
    }
    return json.dumps(
        {name: plan.selections[selection_id][name] for name in ("SelectionId", "BackupPlanId", "CreationDate")}
    )


def get_backup_selection(response: Any) -> str:
    """Backup GetBackupSelection."""
    return json.dumps(_selection(response))


def list_backup_selections(response: Any) -> str:
    """Backup ListBackupSelections, one page."""
    listed = [
        {
            "SelectionId": found["SelectionId"],
            "SelectionName": found["BackupSelection"]["SelectionName"],
            "BackupPlanId": found["BackupPlanId"],
            "CreationDate": found["CreationDate"],
            "IamRoleArn": found["BackupSelection"]["IamRoleArn"],
        }
        for found in _plan(response).selections.values()
    ]
    return json.dumps({"BackupSelectionsList": listed})


def delete_backup_selection(response: Any) -> str:
    """Backup DeleteBackupSelection."""
    found = _selection(response)
    del _plan(response).selections[found["SelectionId"]]
    return "{}"


def _path_parts(response: Any) -> list[str]:
    tail: str = response.path.split("/backup/plans/", 1)[1]
    return [part for part in tail.split("/") if part]


def _plan(response: Any) -> Any:
    return response.backup_backend.get_backup_plan(_path_parts(response)[0])


def _selection(response: Any) -> dict[str, Any]:
    selection_id = _path_parts(response)[2]
    found: dict[str, Any] | None = _plan(response).selections.get(selection_id)
    if found is None:
        raise _missing(f"Backup selection {selection_id} does not exist")
    return found


def _refuse_unknown_vaults(backend: Any, document: dict[str, Any]) -> None:
    for rule in document["Rules"]:
        if rule["TargetBackupVaultName"] not in backend.vaults:
            raise _missing(f"Backup vault {rule['TargetBackupVaultName']} does not exist")


def _missing(message: str) -> Exception:
    from moto.backup.exceptions import ResourceNotFoundException

    error: Exception = ResourceNotFoundException(msg=message)
    return error


def _invalid(message: str) -> Exception:
    from moto.backup.exceptions import InvalidRequestException

    error: Exception = InvalidRequestException(msg=message)
    return error
