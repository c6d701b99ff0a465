"""A function over many images in parallel, and what it gave as metadata."""
