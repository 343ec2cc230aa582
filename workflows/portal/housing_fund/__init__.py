"""The citizen's housing fund: how much one could borrow, repay and take out for rent."""
