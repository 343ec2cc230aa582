"""Weeks of invented cases, played through the real engine: `manage.py simulate`."""
