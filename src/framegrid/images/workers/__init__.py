"""Processes that do what may take too long, too much memory, or crash.

They are started afresh instead of forked, since the threads of a notebook do not survive a fork,
and they never run ``__main__`` again, so that a script needs no ``if __name__ == "__main__"``. They
run nothing of the current folder, and there is no doing without them where they are possible.
"""
