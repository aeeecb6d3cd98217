"""Onboard a customer's infrastructure, and rehearse all of it on one machine first."""

__version__ = "0.1.0"
