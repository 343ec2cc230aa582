"""Invented depositors, employers and loans for a site that shows itself."""

from .loading import Loaded, load_housing_fund

__all__ = ["Loaded", "load_housing_fund"]
