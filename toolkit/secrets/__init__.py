"""Secrets: generated or fetched at deploy, kept behind the ``SecretStore`` protocol, never in an artifact."""
