"""The place of a grader's kernels: a folder of theirs, and the sandboxed parent that forks them."""

import secrets
import shutil

from grader.sandbox import cgroups
from grader.sandbox.folders import claimed_folder, sweep
from grader.sandbox.parent import Parent

STRANGERS = range(61_184, 65_520)  # who kernels are where the grader is root: systemd's dynamic users


class Place:
    """A folder for kernels, and their parent, which is on its way; what killed graders left is removed.

    Parameters
    ----------
    sandbox : grader.sandbox.sandbox.Sandbox
        Whose settings they have.

    Raises
    ------
    OSError, grader.sandbox.error.SandboxError
        If there can't be such a place.
    """

    def __init__(self, sandbox):
        sweep()
        cgroups.sweep()
        self._folder, self._claim = claimed_folder()
        self.kernels = self._folder / "kernels"
        self.stranger = a_stranger()
        try:
            self.kernels.mkdir(mode=0o711)
            self.parent = Parent(sandbox, self.kernels, self.stranger)
        except BaseException:
            self._remove()
            raise

    def close(self):
        """End the parent with all its kernels, and remove the folder."""
        self.parent.close()
        self._remove()

    def _remove(self):
        shutil.rmtree(self._folder, ignore_errors=True)
        self._claim.close()


def a_stranger():
    """Return a user that nobody is: the limit on processes counts all that a user has."""
    return secrets.choice(STRANGERS)
