"""Processes that do what may take too long, too much memory, or the whole process down with it.

They are started afresh instead of forked, since the threads of a notebook do not survive a fork,
and they never run ``__main__`` again, so that a script needs no ``if __name__ == "__main__"``.
"""

from framegrid.workers.executor import Processes
from framegrid.workers.pool import Workers, usable_cores
from framegrid.workers.process import WorkerError
from framegrid.workers.serving import bounded

__all__ = ["Processes", "WorkerError", "Workers", "bounded", "usable_cores"]
