"""What is left of a grid where there is no kernel: a contact sheet, or a page of its own."""

from framegrid.sharing.contact_sheet import contact_sheet
from framegrid.sharing.page import page

__all__ = ["contact_sheet", "page"]
