"""A change of the table as the payload of a journal record, and back."""
