"""IAM: roles, their inline policies, and attached managed policies."""

from __future__ import annotations

import json

from toolkit.rehearsal.standin.clients import Cloud
from toolkit.rehearsal.standin.kinds.kind import Kind, Props, changed, given, mapping, pairs, tag_changes


def _create_role(cloud: Cloud, new: Props) -> str:
    cloud.iam.create_role(
        RoleName=new["name"],
        AssumeRolePolicyDocument=new["assumeRolePolicy"],
        Tags=pairs(new["tags"]),
        **given(
            Description=new.get("description"),
            Path=new.get("path"),
            MaxSessionDuration=new.get("maxSessionDuration"),
            PermissionsBoundary=new.get("permissionsBoundary"),
        ),
    )
    return str(new["name"])


def _settle_role(cloud: Cloud, identity: str, old: Props, new: Props) -> None:
    if not old:
        return
    iam = cloud.iam
    if changed(old, new, "assumeRolePolicy"):
        iam.update_assume_role_policy(RoleName=identity, PolicyDocument=new["assumeRolePolicy"])
    if changed(old, new, "description", "maxSessionDuration"):
        iam.update_role(
            RoleName=identity,
            Description=new.get("description", ""),
            MaxSessionDuration=new.get("maxSessionDuration") or 3600,
        )
    if changed(old, new, "permissionsBoundary"):
        if new.get("permissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=identity, PermissionsBoundary=new["permissionsBoundary"])
        else:
            iam.delete_role_permissions_boundary(RoleName=identity)
    set_tags, removed = tag_changes(old, new)
    if set_tags:
        iam.tag_role(RoleName=identity, Tags=pairs(set_tags))
    if removed:
        iam.untag_role(RoleName=identity, TagKeys=removed)


def _read_role(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    role = cloud.iam.get_role(RoleName=identity)["Role"]
    return {
        "name": role["RoleName"],
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"], separators=(",", ":"), sort_keys=True),
        "description": role.get("Description"),
        "maxSessionDuration": role.get("MaxSessionDuration"),
        "path": role["Path"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": mapping(role.get("Tags")),
        "arn": role["Arn"],
        "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "uniqueId": role["RoleId"],
    }


def _delete_role(cloud: Cloud, identity: str, state: Props) -> None:
    if state.get("forceDetachPolicies"):
        for policy in cloud.iam.list_attached_role_policies(RoleName=identity)["AttachedPolicies"]:
            cloud.iam.detach_role_policy(RoleName=identity, PolicyArn=policy["PolicyArn"])
        for name in cloud.iam.list_role_policies(RoleName=identity)["PolicyNames"]:
            cloud.iam.delete_role_policy(RoleName=identity, PolicyName=name)
    cloud.iam.delete_role(RoleName=identity)


def _create_policy(cloud: Cloud, new: Props) -> str:
    cloud.iam.put_role_policy(RoleName=new["role"], PolicyName=new["name"], PolicyDocument=new["policy"])
    return f"{new['role']}:{new['name']}"


def _settle_policy(cloud: Cloud, _identity: str, old: Props, new: Props) -> None:
    if old and changed(old, new, "policy"):
        cloud.iam.put_role_policy(RoleName=new["role"], PolicyName=new["name"], PolicyDocument=new["policy"])


def _read_policy(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    role, _, name = identity.partition(":")
    found = cloud.iam.get_role_policy(RoleName=role, PolicyName=name)
    document = found["PolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document, separators=(",", ":"), sort_keys=True)
    return {"role": role, "name": name, "policy": text}


def _delete_policy(cloud: Cloud, identity: str, _state: Props) -> None:
    role, _, name = identity.partition(":")
    cloud.iam.delete_role_policy(RoleName=role, PolicyName=name)


def _create_attachment(cloud: Cloud, new: Props) -> str:
    cloud.iam.attach_role_policy(RoleName=new["role"], PolicyArn=new["policyArn"])
    return f"{new['role']}/{new['policyArn']}"


def _read_attachment(cloud: Cloud, identity: str, _known: Props) -> Props | None:
    role, _, arn = identity.partition("/")
    attached = cloud.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return {"role": role, "policyArn": arn} if any(policy["PolicyArn"] == arn for policy in attached) else None


def _delete_attachment(cloud: Cloud, identity: str, _state: Props) -> None:
    role, _, arn = identity.partition("/")
    cloud.iam.detach_role_policy(RoleName=role, PolicyArn=arn)


KINDS = (
    Kind(type="aws:iam/role:Role", create=_create_role, settle=_settle_role, read=_read_role, delete=_delete_role),
    Kind(
        type="aws:iam/rolePolicy:RolePolicy",
        create=_create_policy,
        settle=_settle_policy,
        read=_read_policy,
        delete=_delete_policy,
    ),
    Kind(
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        create=_create_attachment,
        read=_read_attachment,
        delete=_delete_attachment,
    ),
)
