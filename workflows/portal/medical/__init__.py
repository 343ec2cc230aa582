"""去外地看病: may I be treated there, what will I pay, and what has been filed and settled for me."""
