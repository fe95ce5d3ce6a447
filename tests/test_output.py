"""What a kernel printed, as an output: the same as nbformat makes of it, or none."""

import nbformat
import pytest

from grader.grading.output import stream_output


def message(kind, **content):
    return {"msg_type": kind, "header": {"msg_type": kind}, "content": content}


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_what_was_printed_is_the_output_that_nbformat_makes(name):
    said = message("stream", name=name, text="softmax: 9 checks passed\n")
    assert stream_output(said) == nbformat.v4.output_from_msg(said)
    nbformat.validate(stream_output(said), ref="output", version=4)


@pytest.mark.parametrize(
    "said",
    [
        message("stream", name="stdin", text="x"),
        message("stream", name=["stdout"], text="x"),
        message("stream", name="stdout", text=["x"]),
        message("stream", name="stdout", text=None),
        message("stream", name="stdout"),
        message("stream", name="stdout", text="x", output_type="error"),
        message("display_data", data={"text/plain": "x"}, metadata={}),
    ],
)
def test_all_else_is_left_to_nbformat(said):
    assert stream_output(said) is None
