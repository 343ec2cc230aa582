"""异地就医: benefit rules as dated data, the settlement's arithmetic (pure), and its ledgers."""
