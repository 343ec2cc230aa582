"""The site and its common ground; it knows nothing about cases."""

# Imported here so that every task is bound to this app, whichever process imports it first.
from tongban.celery import app as celery_app

__all__ = ["celery_app"]
