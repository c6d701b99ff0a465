"""An open dataset: commit, refresh, snapshot, close."""
