"""Counter intake 窗口收件: from the card reader to the receipt, on one screen."""
