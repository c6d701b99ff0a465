"""An open store with its lock, its listeners and its watcher."""
