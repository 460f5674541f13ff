"""What a finding must still pass before it counts."""
