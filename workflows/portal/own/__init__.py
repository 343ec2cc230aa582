"""What the pages under /my/ are made of: one file for each part of a case that its people see."""
