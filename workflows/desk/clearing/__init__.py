"""医保清算: the months of an agency's pairs, their lines down to the settlement, the advance."""
