"""The outbox as an operator keeps it: what waits, what failed, what is missing, what is out."""
