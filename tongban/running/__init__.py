"""How the site runs: periodic work by slots, who is alive, how far behind each queue is."""
