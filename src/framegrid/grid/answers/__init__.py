"""What the kernel replies; it knows no comm."""
