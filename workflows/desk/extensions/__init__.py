"""More time for those whom an outage cost some: the dry run, the proposal, the second person's word."""
