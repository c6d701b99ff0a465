"""Images and frames as samples; where the files are and how large."""
