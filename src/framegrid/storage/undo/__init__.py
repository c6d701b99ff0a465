"""What edits did: their inverses, and a line of history for each.

Whenever an edit is made, ``footprint`` says in a line what it touches, ``done`` what it replaces,
and ``undo_log`` keeps both; ``history`` keeps the line alone, and goes into the file. When edits
are undone, ``undo_log`` hands out the last of them, ``untouched`` checks that nobody changed since
what they did, and ``inverse`` makes the one change that takes them back.
"""
