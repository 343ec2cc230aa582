"""本单位事项: what an office offers, who has not claimed yet, and what is paused."""
