"""Applying: a draft, filled in page by page, checked, and handed in once."""
