"""Access: what roles may do, what they lack, and whether their policies still exist."""
