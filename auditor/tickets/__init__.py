"""What a ticket system is told: which ticket a finding belongs to, and what was delivered of it."""
