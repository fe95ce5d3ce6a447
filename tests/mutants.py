"""Small edits of a function: one operator, constant, keyword, name or line changed at a time."""

import ast
import copy

OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Div, ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
NAMES = {
    "max": ["min"],
    "min": ["max"],
    "sum": ["mean", "max"],
    "mean": ["sum"],
    "exp": ["exp2", "expm1"],
    "log": ["log2", "log1p"],
    "sqrt": ["abs"],
    "argmax": ["argmin"],
    "tril": ["triu"],
    "triu": ["tril"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "var": ["std"],
    "std": ["var"],
    "q": ["k"],
    "k": ["v", "q"],
    "v": ["k"],
    "w_q": ["w_k"],
    "w_k": ["w_v"],
    "w_v": ["w_k"],
    "t_q": ["t_k"],
    "t_k": ["t_q"],
}


def mutants(source):
    """Yield the source of every single edit of a function, each as ``(what, source)``."""
    tree = ast.parse(source)
    original, nodes = ast.unparse(tree), list(ast.walk(tree))
    for place, node in enumerate(nodes):
        for what, edit in _edits(node):
            mutated = copy.deepcopy(tree)
            edit(list(ast.walk(mutated))[place])
            text = ast.unparse(ast.fix_missing_locations(mutated))
            if text != original:
                yield f"line {getattr(node, 'lineno', '?')}: {what}", text


def _edits(node):
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for other in OPERATORS.get(type(node.op), []):
            yield f"{type(node.op).__name__} to {other.__name__}", _setter("op", other())
    if isinstance(node, ast.Compare):
        for other in COMPARISONS.get(type(node.ops[0]), []):
            yield f"{type(node.ops[0]).__name__} to {other.__name__}", _setter("ops", [other()])
    if isinstance(node, ast.Constant):
        for other in _other_constants(node.value):
            yield f"{node.value!r} to {other!r}", _setter("value", other)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert | ast.Not):
        yield "sign or negation dropped", _setter("op", ast.UAdd())
    if isinstance(node, ast.Attribute):
        for other in NAMES.get(node.attr, []):
            yield f"{node.attr} to {other}", _setter("attr", other)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in NAMES.get(node.id, []):
            yield f"{node.id} to {other}", _setter("id", other)
    if isinstance(node, ast.Call):
        for place in range(len(node.keywords)):
            yield f"keyword {node.keywords[place].arg} dropped", _dropper("keywords", place)
    for field in ("body", "orelse"):
        lines = getattr(node, field, None)
        if isinstance(lines, list) and len(lines) > 1:
            for place, line in enumerate(lines):
                yield f"dropped {ast.unparse(line)!r}", _dropper(field, place)


def _other_constants(value):
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value + 1.0]
    return []


def _setter(field, value):
    return lambda node: setattr(node, field, value)


def _dropper(field, place):
    return lambda node: getattr(node, field).pop(place)
