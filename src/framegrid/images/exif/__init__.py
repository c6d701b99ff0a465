"""Tags of images, and what cameras say in them."""
