"""本单位: what the head of an office sees of its work, and the stock phrases of everybody in it."""
