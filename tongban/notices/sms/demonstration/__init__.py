"""The demonstration's gateway: a program of its own that takes text messages and sends nothing."""
