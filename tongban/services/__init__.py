"""PostgreSQL and Valkey on this machine, out of pip wheels, for those who bring none.

`places` says where everything lies, `postgres` and `valkey` start and stop the two servers,
`launch` is what `make up` runs, `rehearsal` lends throw-away servers to the tests.
"""
