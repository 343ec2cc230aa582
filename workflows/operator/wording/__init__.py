"""The operator's pages for the words of notices."""
