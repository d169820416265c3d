"""A page as a strict reader finds it."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Every element closed in its turn; ids, references, headings and texts kept.

    Attributes:
        ids: in order.
        references: attributes that name an id.
        headings: (level, text).
        drawings: the names of the elements that stand for a picture.
        tags: all elements.
        text: all of it.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.drawings: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, dict(attrs))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID or "svg" in self._open, f"<{tag}/> is not closed in HTML"
        self._note(tag, dict(attrs))

    def _note(self, tag: str, values: dict[str, str | None]) -> None:
        self.tags.add(tag)
        if "id" in values:
            self.ids.append(values["id"] or "")
        self.references += (values.get("aria-labelledby") or "").split()
        self.references += [
            (values.get(name) or "#").split("#")[1].rstrip(")") for name in ("href", "clip-path")
        ]
        if values.get("role") == "img":
            self.drawings.append(values.get("aria-label") or "")
        if tag in ("h1", "h2", "h3"):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> out of turn"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open and self._open[-1] in ("h1", "h2", "h3"):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)
