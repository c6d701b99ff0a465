"""What calls did, counted and named."""
