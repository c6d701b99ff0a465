"""The append log: framing, lock, append, replay, repair; it knows bytes, not metadata.

One process at a time holds the lock of the file, for as long as one edit takes:

    lock -> take in what others appended -> append one record -> apply it in memory -> unlock

The edits of a dataset are numbered without gaps (``seq``). The journal's header says up to which
of them the snapshot goes; memory is the snapshot and the records that follow.
"""
