"""django-viewflow on the same flow, in an environment of its own."""
