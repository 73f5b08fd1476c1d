"""Cells of a CSV file that no spreadsheet program runs as a formula."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""

_FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")


def escape_formula(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_PREFIXES) else cell
