"""Which sample a path, a name or a row means."""
