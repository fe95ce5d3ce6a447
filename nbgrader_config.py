"""nbgrader's settings for this course; every `nbgrader` command run in this folder reads them."""

import os
import sys
from pathlib import Path

from grader.feedback.cleaning import FILTERS
from grader.feedback.page import FORMGRADER, TEMPLATES
from grader.feedback.refused import install as install_feedback
from grader.grading.command import install
from grader.notebook.percent import refresh_notebooks

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
c.GenerateAssignment.exporter_class = "grader.notebook.releasing.ReleaseExporter"

# What Canvas and Moodle let you download is sorted by the names that they give
c.ZipCollectApp.collector_plugin = "grader.collecting.collector.Collector"
c.ZipCollectApp.extractor_plugin = "grader.collecting.extractor.Extractor"  # also of what students packed

c.ExportApp.plugin_class = "grader.gradebook.exporting.QuotedCsv"

# Students' code runs in a sandbox and is verified from outside it. These are the defaults, and what
# they count: change them here.
c.Sandbox.enabled = True  # False: students' code runs as you, with your files and your network
c.Sandbox.memory = 1024  # MiB, of a kernel
c.Sandbox.processor_time = 120  # seconds, of a process
c.Sandbox.processes = 64  # processes and threads, of a kernel
c.Sandbox.file_size = 32  # MiB, of a file that a kernel writes
c.Sandbox.open_files = 256  # of a process
c.Sandbox.scratch = 64  # MiB in each of /tmp, /dev/shm and the home folder
c.Sandbox.submitted_files = 16  # MiB of files submitted beside a notebook
c.Execute.timeout = 30  # seconds, of a cell: an endless loop costs its own cell's marks and no more
c.VerifyingExecute.notebook_timeout = 300  # seconds, of a notebook
c.VerifyingExecute.most_output = 100_000  # characters, of a cell
c.VerifyingExecute.most_outputs = 1_000_000  # characters, of a notebook
c.VerifyingExecute.most_held = 512  # MiB of the grader's own memory, for a kernel's messages
install()

# What a student wrote is cleaned before it is shown, on the pages of feedback and in the formgrader.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = FILTERS
c.HTMLExporter.preprocessors = ["grader.feedback.cutting.Cut"]  # of pages too long, the start
c.HTMLExporter.extra_template_basedirs = TEMPLATES
c.HTMLExporter.extra_template_paths = [str(FORMGRADER)]
install_feedback()
c.GenerateFeedback.exporter_class = "grader.feedback.page.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "grader.feedback.page.GetMarks",
    "grader.feedback.telling.NameCauses",
    "grader.feedback.page.HideTests",
]
c.FeedbackExporter.book = ""  # where students read the book: "https://example.org/attention"

refresh_notebooks("solutions")
