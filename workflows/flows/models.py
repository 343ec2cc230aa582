"""Every flow, imported so that Django knows its proxy and the registry its name."""

from .collect_forward import CollectForward

__all__ = ["CollectForward"]
