"""Where a dataset lives: a file, an object, memory."""
