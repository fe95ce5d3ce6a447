"""Models, one file a family: pure functions of ``{name: array}`` and of what they are asked."""
