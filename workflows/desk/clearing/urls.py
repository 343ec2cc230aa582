"""Addresses under /desk/clearing/."""

from django.urls import path

from . import lines, month, months

urlpatterns = [
    path("", months.months, name="clearing"),
    path("trace/", months.trace, name="clearing_trace"),
    path("<case_number:number>/", month.month, name="clearing_month"),
    path("<case_number:number>/lines/", lines.lines, name="clearing_lines"),
    path("<case_number:number>/lines.csv", lines.lines_csv, name="clearing_csv"),
    path("<case_number:number>/lines/<int:key>/", lines.line, name="clearing_line"),
]
