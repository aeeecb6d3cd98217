"""Service data of the provider: profiles, backup policies, services. Ground floor: imports nothing above it."""

from toolkit.catalogue.policies import BackupPolicy, backup_policies, backup_policy
from toolkit.catalogue.profiles import profile_ids, provider_profile
from toolkit.catalogue.service_list import (
    added_folder,
    service,
    service_folder,
    service_ids,
    service_named,
    services,
)
from toolkit.model.service import Service

__all__ = [
    "BackupPolicy",
    "Service",
    "added_folder",
    "backup_policies",
    "backup_policy",
    "profile_ids",
    "provider_profile",
    "service",
    "service_folder",
    "service_ids",
    "service_named",
    "services",
]
