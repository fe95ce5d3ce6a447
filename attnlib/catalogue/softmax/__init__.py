"""Exercises on the softmax: by hand, the function, its entropy and its Jacobian."""

PAGE = "chapters/05-softmax"
