"""What a graded notebook keeps of what a stranger's cell sent."""

import nbformat

LEFT_OUT = "... the rest of the output was left out ..."


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
        whole = (list, tuple)
        plain["data"] = {k: "".join(map(str, v)) if isinstance(v, whole) else v for k, v in data.items()}
    if "metadata" in plain:
        plain["metadata"] = {}
    return plain


def error_output(name, says, traceback=None):
    """Return the output of a cell that ended with an error."""
    return nbformat.v4.new_output(
        "error", ename=name, evalue=says, traceback=traceback or [f"{name}: {says}"]
    )


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
