"""Invented hospitals, pharmacies and insured people for a site that shows itself."""

from .loading import Loaded, load_medical

__all__ = ["Loaded", "load_medical"]
