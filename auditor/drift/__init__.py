"""What differs from the approved state, and from what the templates of stacks declare."""
