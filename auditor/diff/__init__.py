"""What differs between any two reports, inventories or recorded states."""
