"""What a graded notebook keeps of what a stranger's cell sent."""

import nbformat

LEFT_OUT = "... the rest of the output was left out ..."
SHOWN = {"stream", "display_data", "execute_result", "error"}  # the messages that are outputs
LONGEST_NAME = 200  # characters of an error's name
LONGEST_ERROR = 20_000  # of its words, and of its traceback
HIGHEST_COUNT = 2**31  # of executions


def fitting(message, room):
    """Return a kernel's message as far as there is room, or None, and how much room is left.

    Parameters
    ----------
    message : dict
        As the kernel sent it.
    room : int
        Characters.
    """
    if room <= 0:
        return None, room
    message = {**message, "content": showable(message["content"])}
    size = _size(message["content"])
    return (message if size <= room else _shortened(message, room)), room - size


def showable(content):
    """Return a message's content as every page that shows it takes it: texts whole, and no metadata."""
    data, plain = content.get("data"), dict(content)
    if isinstance(data, dict):
        plain["data"] = {kind: _text(value) for kind, value in data.items()}
    if "metadata" in plain:
        plain["metadata"] = {}
    if "text" in plain:
        plain["text"] = _text(plain["text"])
    return plain | error_content(plain) if "ename" in plain else plain


def error_content(content):
    """Return what a message says of an error, as text of fair length."""
    lines = content["traceback"]
    lines = lines if isinstance(lines, list) else [lines]
    return {
        "ename": str(content["ename"])[:LONGEST_NAME],
        "evalue": str(content["evalue"])[:LONGEST_ERROR],
        "traceback": "\n".join(map(str, lines))[:LONGEST_ERROR].split("\n") if lines else [],
    }


def fair_count(count):
    """Return a number of executions, or None if it isn't one."""
    return count if type(count) is int and 0 <= count < HIGHEST_COUNT else None


def _text(value):
    return "".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def error_output(name, says, traceback=None):
    """Return the output of a cell that ended with an error."""
    return nbformat.v4.new_output(
        "error", ename=name, evalue=says, traceback=traceback or [f"{name}: {says}"]
    )


def stream_output(message):
    """Return the output that a message of something printed is; None, if it is another or not sound.

    nbformat's own maker compares each with its schema, which takes longer than all that is done with it.
    """
    match message:
        case {
            "msg_type": "stream",
            "content": {"name": "stdout" | "stderr" as name, "text": str(text), **rest},
        } if not rest:
            return nbformat.NotebookNode(output_type="stream", name=name, text=text)
    return None


def _shortened(message, room):
    content = message["content"]
    said = content.get("text", "")
    said = said[:room] if isinstance(said, str) else ""
    name = "stderr" if content.get("name") == "stderr" else "stdout"
    return {
        **message,
        "msg_type": "stream",
        "header": {**message["header"], "msg_type": "stream"},
        "content": {"name": name, "text": f"{said}\n{LEFT_OUT}\n"},
    }


def _size(content):
    if isinstance(content, dict):
        return sum(_size(key) + _size(value) for key, value in content.items())
    if isinstance(content, list):
        return sum(map(_size, content))
    return len(content) + 8 if isinstance(content, str) else 8
