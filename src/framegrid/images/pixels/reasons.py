"""Why there is no picture, in words that tell nothing of where it is."""

_OPEN = (
    "file not found",
    "permission denied",
    "not enough memory",
    "empty file",
    "truncated",
    "damaged",
    "too large",
    "no picture",
    "unsupported",
    "not an image",
    "not a regular file",
    "took longer",
)
_OTHER = "cannot be read"


def fixed_reason(reason: str) -> str:
    """The reason as one of a few, for those who are not to see names of folders or buckets."""
    found = next((known for known in _OPEN if reason.startswith(known)), _OTHER)
    return "took too long" if found == "took longer" else found
