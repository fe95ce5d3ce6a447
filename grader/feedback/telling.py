"""What stopped a student's cell, told on the page where it happened and where it is missed."""

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.notebook.causes import ENDLESS, TIMEOUT, causes_of_tests, follows_from

STOPPED = "NothingToTest"  # the name of an error that says what comes first
UNTESTED = "There is nothing to test: {}.\nMend that cell first, and run it; then this test says more."
TOO_LONG = (
    "This cell was still running when its time was over, and was stopped.\n"
    "Look for a loop that never ends, and for work that grows much faster than its input. "
    "Cells below this one were run without what it would have defined."
)


class NameCauses(NbGraderPreprocessor):
    """Puts what stopped an answer's cell in place of the names that its tests then lack."""

    def preprocess(self, nb, resources):
        """Explain cells that took too long, and tests that had nothing to test."""
        tests = list(causes_of_tests(nb))
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = list(_explained(cell.outputs))
        for cell, cause in tests:
            told = [output for output in cell.outputs if _is_followed(output, cause)]
            if told:
                said = UNTESTED.format(cause.partition(":")[0] if cause == ENDLESS else cause)
                cell.outputs = [output for output in cell.outputs if output not in told]
                cell.outputs.append(_error(said))
        return nb, resources


def _explained(outputs):
    timed_out = any(output.output_type == "error" and output.ename == TIMEOUT for output in outputs)
    for output in outputs:
        if not timed_out or output.output_type != "error":
            yield output
    if timed_out:
        yield _error(TOO_LONG)


def _is_followed(output, cause):
    return output.output_type == "error" and follows_from(output, cause)


def _error(says):
    return new_output("error", ename=STOPPED, evalue=says, traceback=[says])
