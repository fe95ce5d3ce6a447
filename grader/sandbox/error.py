"""What is said where there is no sandbox."""

MISSING = """\
Grading runs students' code in a sandbox, and bubblewrap, which makes it, {reason}.
  To install it:            sudo apt install bubblewrap     (Debian, Ubuntu; other systems have it too)
  To grade without it, knowing that the code then runs as you, with your files and your network:
                            add --Sandbox.enabled=False to the command"""


class SandboxError(RuntimeError):
    """The sandbox, or a kernel in it, can't be started; the text says why."""
