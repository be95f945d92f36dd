"""The larger parts of the result document (``settings/result.py``): one file each."""
