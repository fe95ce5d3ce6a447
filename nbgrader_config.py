"""nbgrader's settings for this course; every `nbgrader` command run in this folder reads them."""

import os
import sys
from pathlib import Path

from grader.sources import refresh_notebooks

# nbgrader makes a gradebook with a command called alembic, which stands beside this Python
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "spotlight"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
# The list replaces nbgrader's own, which has all entries but the last two. Without these the
# solutions would be copied, as text, into the release.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", "*.md"]

# exercises/ is generated, always from the whole of its source
c.GenerateAssignment.force = True
# a test cell that a student has deleted comes back and is run like the others
c.OverwriteCells.add_missing_cells = True
# an endless loop costs its own cell's marks and no more
c.Execute.timeout = 30
c.Execute.interrupt_on_timeout = True

refresh_notebooks("solutions")
