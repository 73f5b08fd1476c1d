"""Papers as files: Markdown to go on with, PDF to print and sign."""

from navigator.pdf import Pdf
from navigator.records.papers import A_START, Block, Paper, PaperTable


def to_markdown(paper: Paper) -> str:
    """A paper as Markdown."""
    parts = [f"# {paper.title}", f"Made on {paper.made_on:%-d %B %Y}.", f"**{A_START}**"]
    for title, blocks in paper.sections:
        parts += [f"## {title}", *map(_markdown, blocks)]
    return "\n\n".join(parts) + "\n"


def _markdown(block: Block) -> str:
    if isinstance(block, str):
        return block
    lines = [block.columns, ["---"] * len(block.columns), *block.rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def to_pdf(paper: Paper) -> bytes:
    """A paper as PDF; that it is a start stands on its first page."""
    pdf = Pdf(paper.title, f"Made on {paper.made_on:%-d %B %Y}.")
    pdf.paragraph(A_START, is_bold=True)
    for title, blocks in paper.sections:
        pdf.heading(title, 2)
        for block in blocks:
            _write(pdf, block)
    return pdf.to_bytes()


def _write(pdf: Pdf, block: Block) -> None:
    if isinstance(block, PaperTable):
        pdf.table(
            block.columns, [[cell.replace("`", "") for cell in row] for row in block.rows], block.widths
        )
    else:
        pdf.paragraph(block)
