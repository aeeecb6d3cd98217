"""Service data of the provider: profiles, backup policies, services. Ground floor: imports nothing above it."""

from toolkit.catalogue.policies import BackupPolicy, backup_policies, backup_policy
from toolkit.catalogue.profiles import profile_ids, provider_profile
from toolkit.catalogue.service_list import service, service_folder, service_ids, services
from toolkit.model.service import Service

__all__ = [
    "BackupPolicy",
    "Service",
    "backup_policies",
    "backup_policy",
    "profile_ids",
    "provider_profile",
    "service",
    "service_folder",
    "service_ids",
    "services",
]
