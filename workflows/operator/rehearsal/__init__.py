"""The simulator 演练: a version played step by step, before or after it is published, leaving nothing."""
