"""What the tests of sentences share: keys that code uses, and text in code that people would read."""

import ast
import re
from dataclasses import dataclass
from string import Formatter

from support.checkout import ROOT

CODE = sorted(
    p for room in ("alerts", "classifiers/linking", "monitor", "data") for p in (ROOT / room).rglob("*.py")
)
ENDINGS = (".html", ".txt", ".typ", ".jinja")
TEMPLATES = sorted(
    p
    for room in ("alerts", "monitor")
    for p in (ROOT / room).rglob("*")
    if p.suffix in ENDINGS and "demo" not in p.parts and not ("letters" in p.parts and p.suffix == ".txt")
)
"""The letters are files of sentences, one set a language: tests/alerts/letters/test_letters_draft.py."""
_FILES = re.compile(r"\.(html|txt|typ|toml|pdf|eml|css|js|py|json|png|svg|csv|jinja|wacz)$")


@dataclass(frozen=True)
class Used:
    """A key that code asks for, as a pattern: what an f-string fills in may be any word."""

    where: str
    pattern: str
    sure: bool = True

    def keys(self, w):
        """Those it may be; all below it, where it names a table of the catalogue."""
        return set(re.findall(rf"(?m)^{self.pattern}(?:\.[a-z0-9_.]+)?$", "\n".join(w.lines)))


def surfaces(w):
    """The files of the catalogue, without their ending."""
    return {key.partition(".")[0] for key in w.lines}


_OF_OTHER_FILES = {"tell", "_wrong", "_unknown"}
"""What takes its sentences from `faults.toml` or `findings.toml`, beside the code."""


def used_keys(path, names):
    """Every key of these surfaces that a module or a template names, whole or by its beginning."""
    text = path.read_text(encoding="utf-8")
    shape = re.compile(rf"({'|'.join(sorted(names))})\.[a-z0-9_.]*")
    if path.suffix != ".py":
        whole = [m[2] for m in re.finditer(r"([\"'])([a-z0-9_.]*[a-z0-9])\1", text)]
        found = [Used(path.name, re.escape(key)) for key in whole if not _FILES.search(key)]
        found += [
            Used(path.name, re.escape(m[1]) + "[a-z0-9_.]+")
            for m in re.finditer(r"[\"']([a-z0-9_.]+[._])[\"'] *~", text)
        ]
        yield from (
            u for u in found if shape.fullmatch(u.pattern.replace("\\", "").removesuffix("[a-z0-9_.]+"))
        )
        return
    if not re.search(rf"[\"']{shape.pattern}|\}}\.[a-z_]", text):
        return
    tree = ast.parse(text)
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args and isinstance(n.func, ast.Name))
    others = {n.args[0] for n in calls if n.func.id in _OF_OTHER_FILES}
    for node in ast.walk(tree):
        if node in others or isinstance(node, ast.IfExp):
            others |= {node.body, node.orelse} if isinstance(node, ast.IfExp) and node in others else set()
            continue
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        if pattern := _pattern(node, shape):
            yield Used(where, pattern)
        elif ending := _ending(node):
            yield Used(where, ending, sure=False)


def _pattern(node, shape):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        whole = shape.fullmatch(node.value) and not _FILES.search(node.value)
        if whole and not node.value.endswith((".", "_")):
            return re.escape(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
        start = node.left.value
        if isinstance(start, str) and shape.fullmatch(start):
            return re.escape(start) + "[a-z0-9_.]+"
    if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
        if not shape.match(str(node.values[0].value)):
            return None
        parts = (
            re.escape(str(v.value)) if isinstance(v, ast.Constant) else "[a-z0-9_]+" for v in node.values
        )
        pattern = "".join(parts)
        return pattern if re.fullmatch(r"[\w.\\\[\]+-]+", pattern) and not _FILES.search(pattern) else None
    return None


def _ending(node):
    """The pattern of an f-string that begins with a table's name filled in: it may be a key's."""
    match node:
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(value=str() as rest)]):
            return rf"[a-z0-9_.]+{re.escape(rest)}" if re.fullmatch(r"(\.[a-z_]+)+", rest) else None
    return None


# ---------------------------------------------------------------- text in code that people would read

_WORD = re.compile(r"[^\W\d_]{2,}")
_NOT_SHOWN = {
    "Reason", "digest", "re.compile", "compile", "getLogger", "open", "Path", "TypeVar", "namedtuple",
    "threading.Thread",
}  # fmt: skip
_CODE_LIKE = re.compile(  # markup, formats, commands
    r"[{}<>=|]|-src '|^\s*[.#@%]|://|%[A-Za-z]|^\s*(--|[⟨⟪]|schoolgate [a-z-]+( |$))"
    r"|^[\w.-]+/[\w.+-]+(;|$)|^[^.!?]*[a-z-]+:[^;]+;( |$)"  # kinds of content, styles
)


def is_sentence(text):
    """Two words or more with letters, a blank between them: nothing a machine would want."""
    bare = text.strip()
    if " " not in bare or len(_WORD.findall(bare)) < 2:
        return False
    return not _CODE_LIKE.search(bare)


def sentences_in_code(path):
    """Literal sentences of a module, with their lines; those a person never meets are left out. Left out:
    docstrings, what is raised, logged or asserted, `Reason` texts (kept with the verdict and shown by the
    command line), keys of tables, annotations, patterns."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = _skipped(tree) | _reasons(tree)
    found = []
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        text = _literal(node)
        if text is not None and is_sentence(text):
            found.append(f"{path.name}:{getattr(node, 'lineno', 0)}: {text}")
    return found


def _literal(node):
    """What a literal says; in an f-string “…” stands for what is filled in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
    return None


def _skipped(tree):
    """Ids of the nodes that are not read by people, and of all that stands in them."""
    out: set[int] = set()
    for node in ast.walk(tree):
        for part in _unread(node):
            out |= {id(inner) for inner in ast.walk(part)}
        if isinstance(node, ast.JoinedStr):
            out |= {id(v) for v in node.values if isinstance(v, ast.Constant)}
    return out


def _reasons(tree):
    """Texts that are given a name first, and then to `Reason`."""
    out: set[int] = set()
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and ast.unparse(n.func) == "Reason"]
        names = {arg.id for call in calls for arg in call.args if isinstance(arg, ast.Name)}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and {ast.unparse(t) for t in node.targets} & names:
                out |= {id(inner) for inner in ast.walk(node)}
    return out


def _unread(node):
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.Raise | ast.Assert):
        yield node
    elif isinstance(node, ast.Dict):
        yield from (key for key in node.keys if key is not None)
    elif isinstance(node, ast.AnnAssign) or (isinstance(node, ast.arg) and node.annotation):
        yield node.annotation
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
        yield node.returns
    elif isinstance(node, ast.Call) and _is_unread_call(node.func):
        yield node


def _is_unread_call(func):
    name = ast.unparse(func)
    logged = re.search(r"(^|\.)(_?log|logger|_LOG|LOG)\.(debug|info|warning|error|exception)$", name)
    return bool(logged) or name in _NOT_SHOWN or name.endswith(("Error", ".execute", ".write"))


def sentences_in_template(path):
    """Literal sentences of a template: what stands outside `{{ }}`, `{% %}`, comments, tags, styles."""
    text = path.read_text(encoding="utf-8")
    for gone in (r"\{#.*?#\}", r"\{%.*?%\}", r"\{\{.*?\}\}", r"<!--.*?-->", r"(?s)<style.*?</style>"):
        text = re.sub(gone, lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
    if path.suffix == ".typ":
        return _in_typst(path, text)
    shown = re.sub(r"<[^>]*>", lambda m: "\n" * max(1, m[0].count("\n")), text)
    titles = re.findall(r"(?:alt|title|aria-label|placeholder)=\"([^\"]*)\"", text)
    return [f"{path.name}: {line.strip()}" for line in (*shown.splitlines(), *titles) if is_sentence(line)]


def _in_typst(path, text):
    """In typst, what is neither code (begins with #), comment, nor an expression: markup and strings."""
    text = re.sub(r"(?m)//.*$", "", text)
    strings = re.findall(r"\"([^\"\n]*)\"", text)
    markup = [line for line in re.findall(r"\[([^\[\]#\n]*)\]", text)]
    return [f"{path.name}: {line}" for line in (*strings, *markup) if is_sentence(line)]


def names_of(w, key):
    """The `{names}` that a line wants, in any of its forms."""
    line = w.lines[key]
    forms = (line,) if isinstance(line, str) else tuple(line.values())
    return frozenset(name for form in forms for _, name, _, _ in Formatter().parse(form) if name)
