"""The stand-in for Pulumi's AWS provider: the engine and the SDK are real, the cloud behind them is a rehearsal's world."""

from toolkit.rehearsal.standin.launcher import PLUGIN_NAME, install_launcher

__all__ = ["PLUGIN_NAME", "install_launcher"]
