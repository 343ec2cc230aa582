"""One case's life, step by step, and what it costs beside three yardsticks of the same run."""
