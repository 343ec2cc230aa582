"""Matters and their versions: drafting, checking, publishing, comparing."""
