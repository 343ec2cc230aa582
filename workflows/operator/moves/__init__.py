"""Moving running cases to another version: the plan as a form, the trial, the results, the way back."""
