"""Functions of Lambda: what they run on, with how much memory, and how long their logs last."""
