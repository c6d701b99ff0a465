"""What users hand over, as typed changes of the table."""
