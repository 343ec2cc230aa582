"""公积金互认互贷: loan, withdrawal and transfer rules as dated data, and the arithmetic (pure, Decimal)."""
