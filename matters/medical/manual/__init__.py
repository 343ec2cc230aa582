"""手工报销: what stands in its way, which invoices are claimed, what is paid. Knows nothing of cases."""
