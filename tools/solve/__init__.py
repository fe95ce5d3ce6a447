"""What makes exercises solvable on the book's own pages: a Python for the browser, and an editor.

`kernel` packs the Python, `editor` bundles the editor, `pages` finds the fields of a page, and
``sphinx_solve.py`` beside this folder calls them when the book is built. ``onpage`` is what runs inside the
packed Python, ``js`` what runs around it. Which Python it is stands in `kernel` and in
``js/worker/adapter.js``, and nowhere else.
"""
