"""The pages, and what writes their tables from the code: `python -m docs.generate`."""
