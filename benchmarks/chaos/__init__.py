"""Kill -9 of worker, beat, broker and web at random, under load; and the proof that nothing is lost.

    python -m benchmarks.chaos --minutes 10

brings a broker, a mail server and a receiver of webhooks of its own, and a database of its own in the
server of DATABASE_URL (none: a server too). It prints a JSON and ends with 1 on any miss.
"""
