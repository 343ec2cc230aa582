"""The hospital's side of 异地就医直接结算: messages by the numbers of the national interface."""
