"""Worksheets to print, each with its key: a module for each, found because it is there."""

from attnlib.worksheets._sheet import Sheet, find_sheet, names, write_worksheet

__all__ = ["Sheet", "find_sheet", "names", "write_worksheet"]
