"""Invented people for demonstrations, simulations and tests. None of them exists."""

from .loading import Loaded, load_people
from .people import Invented, invented, people

__all__ = ["Invented", "Loaded", "invented", "load_people", "people"]
