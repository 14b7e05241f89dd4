"""A page as lines of text: what is read there, where its links lead, its form fields and its ``data-`` attributes."""

from lxml import html

BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "dialog", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "hr", "label", "legend", "li", "main", "nav", "ol", "optgroup", "option", "output", "p", "pre",
    "section", "select", "summary", "svg", "table", "tbody", "tfoot", "thead", "title", "tr", "ul", "g",
}  # fmt: skip
UNREAD = {"style", "link", "meta", "template"}
TOLD = ("title", "aria-label", "aria-current", "aria-sort", "alt", "placeholder", "lang", "id", "scope", "for")
SPANS = ("colspan", "rowspan")
FIELDS = {
    "form": ("action", "method", "enctype"),
    "input": (
        "type",
        "name",
        "value",
        "checked",
        "disabled",
        "readonly",
        "required",
        "min",
        "max",
        "maxlength",
        "form",
    ),
    "select": ("name", "disabled", "required", "multiple", "form"),
    "option": ("value", "selected", "disabled"),
    "textarea": ("name", "disabled", "readonly", "required", "maxlength", "form"),
    "button": ("type", "name", "value", "disabled", "form", "formaction"),
    "details": ("open",),
    "img": ("src",),
}
SHAPES = {"svg", "path", "polygon", "rect", "circle", "use", "g", "line"}  # what a shape means is told by its class


class Lines:
    """Gathers pieces of text into lines: a block begins and ends one."""

    def __init__(self):
        self.lines: list[str] = []
        self.pieces: list[str] = []

    def end(self) -> None:
        line = " ".join("".join(self.pieces).split())
        if line:
            self.lines.append(line)
        self.pieces = []


def page_lines(text: str) -> list[str]:
    found = Lines()
    _walk(html.document_fromstring(text), found)
    found.end()
    return found.lines


def _walk(element, found: Lines) -> None:
    tag = element.tag
    if not isinstance(tag, str) or tag in UNREAD or (tag == "script" and "json" not in element.get("type", "")):
        return
    if tag in BLOCKS:
        found.end()
    if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        found.pieces.append(f"{tag}: ")
    elif tag in ("td", "th"):
        found.pieces.append(" | " if tag == "td" else " ‖ ")
    found.pieces.append(_attributes(element))
    if element.text:
        found.pieces.append(element.text)
    for child in element:
        _walk(child, found)
        if child.tail:
            found.pieces.append(child.tail)
    if element.get("href") is not None:
        found.pieces.append(f" (→ {element.get('href')})")
    if tag in BLOCKS:
        found.end()


def _attributes(element) -> str:
    """``<input name=so value=01>``, ``{data-nam=2017}``: what a script or the server is given."""
    tag, given = element.tag, element.attrib
    field = "".join(f" {name}={given[name]}" for name in FIELDS.get(tag, ()) if name in given)
    field = f"<{tag}{field}>" if tag in FIELDS else ""
    told = [f"{name}={given[name]}" for name in TOLD + SPANS if name in given]
    told += [f"{name}={value}" for name, value in sorted(given.items()) if name.startswith("data-")]
    told += [f"class={given['class']}"] if tag in SHAPES and "class" in given else []
    return f"{field}{{{' '.join(told)}}}" if told else field
