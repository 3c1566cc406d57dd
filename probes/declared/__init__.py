"""What templates declare, in the words of the API: rows of tables, one file per subject."""
