"""Images that are members of archives, zip and tar: read in place, by an index of the headers."""
