"""What the user calls a grid."""

import sys

FALLBACK = "grid"


def name_of(value: object) -> str:
    """The name of an object in the notebook's namespace, the oldest one; ``"grid"`` without one."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    # A cell may run meanwhile, and name more.
    named = list(getattr(shell, "user_ns", {}).items())
    names = [name for name, found in named if found is value and not name.startswith("_")]
    return names[0] if names else FALLBACK
