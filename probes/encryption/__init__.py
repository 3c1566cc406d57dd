"""Keys: whether they rotate, whom they admit, whether those that need them can use them."""
