"""The monthly bulletin 情况通报 as a PDF and the weekly report as a DOCX, from published figures."""
