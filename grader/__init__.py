"""The instructor's side: sample classes, grading and reports."""

import sys

# jsonschema, which reads notebooks, imports it for a format that notebooks don't have, which takes a second
sys.modules.setdefault("rfc3987_syntax", None)
