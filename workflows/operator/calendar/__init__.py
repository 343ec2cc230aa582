"""The working-day calendar: a year's days, the import of a notice with its trial, which clocks moved."""
