"""Image files: where their bytes come from, what their headers say, pixels, thumbnails.

The only wing that knows Pillow. It changes nothing in Pillow's global state, which is the user's,
and every failure of a file is a `BrokenImageError` whose message is a short reason.
"""

from framegrid.images.formats.known import (
    EXTENSIONS,
    is_image_name,
    load_formats,
    needs_plug_in,
    usual_extension,
)
from framegrid.images.pixels.arrays import Note, Notes, has_pixels, is_picture
from framegrid.images.pixels.decoder_warnings import DecoderWarnings, collecting_warnings, of_file
from framegrid.images.pixels.encoding import Encoded, picture, thumbnail
from framegrid.images.pixels.handed_over import encoded_of, is_pixels
from framegrid.images.pixels.montage import montage
from framegrid.images.pixels.reading import Header, copy, identify, open_upright, read_header
from framegrid.images.pixels.reasons import fixed_reason
from framegrid.images.pixels.sending import sent
from framegrid.images.sources.archive_members import read_member
from framegrid.images.sources.containers import content_mark
from framegrid.images.sources.finding import find_images, find_objects, said_of_not_read
from framegrid.images.sources.finding_members import Member, Members, find_members
from framegrid.images.sources.image_files import (
    file_name,
    file_states,
    missing_files,
    said,
)
from framegrid.images.sources.states import FileState
from framegrid.images.sources.tables import features_of, picture_table
from framegrid.images.sources.unsaved import Carried, Unsaved, carried, held_for
from framegrid.images.workers.executor import Processes
from framegrid.images.workers.pool import Workers, usable_cores
from framegrid.images.workers.portable import Function, Outcome, Portable, apply_each, reason_of

__all__ = [
    "EXTENSIONS",
    "Carried",
    "DecoderWarnings",
    "Encoded",
    "FileState",
    "Function",
    "Header",
    "Member",
    "Members",
    "Note",
    "Notes",
    "Outcome",
    "Portable",
    "Processes",
    "Unsaved",
    "Workers",
    "apply_each",
    "carried",
    "collecting_warnings",
    "content_mark",
    "copy",
    "encoded_of",
    "features_of",
    "file_name",
    "file_states",
    "find_images",
    "find_members",
    "find_objects",
    "fixed_reason",
    "has_pixels",
    "held_for",
    "identify",
    "is_image_name",
    "is_picture",
    "is_pixels",
    "load_formats",
    "missing_files",
    "montage",
    "needs_plug_in",
    "of_file",
    "open_upright",
    "picture",
    "picture_table",
    "read_header",
    "read_member",
    "reason_of",
    "said",
    "said_of_not_read",
    "sent",
    "thumbnail",
    "usable_cores",
    "usual_extension",
]
