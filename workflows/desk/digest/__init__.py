"""每日摘要: one e-mail in the morning to each clerk who wants it."""
