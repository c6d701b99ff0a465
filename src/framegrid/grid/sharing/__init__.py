"""What is left of a grid without a kernel: a page, a contact sheet."""
