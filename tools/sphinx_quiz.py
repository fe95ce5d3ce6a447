"""Sphinx extension: the `quiz` directive, a question with answers that open on their own reply.

In a chapter::

    :::{quiz} Which sum is 1?
    - [ ] That of a column.

      No: a column belongs to one key.
    - [x] That of a row.

      Yes: a row belongs to one query.
    :::

The argument is the question. Each item of the list is an answer, marked `[x]` where it is right and
`[ ]` where it is wrong; what follows its first paragraph is the reply. Anything before the list
belongs to the question. The page needs no script: an answer is a `<details>` element, which every
browser opens by mouse, touch and keyboard and every screen reader announces.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

MARKS = {"[x] ": "right", "[ ] ": "wrong"}
VERDICTS = {"right": "Right.", "wrong": "Not quite."}
STYLE_SHEET = "quiz.css"


class Answer(nodes.General, nodes.Element):
    """One answer: its children are an `AnswerText` and the reply."""


class AnswerText(nodes.General, nodes.TextElement):
    """What the reader chooses."""


class Quiz(SphinxDirective):
    """One question, its answers and a reply for each."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        """Return the question as a container."""
        question, messages = self.state.inline_text(self.arguments[0], self.lineno)
        box = nodes.container(classes=["quiz"])
        self.set_source_info(box)
        box += nodes.paragraph("", "", *question, classes=["quiz-question"])
        content = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, content)
        name = f"quiz-{self.env.new_serialno('quiz')}"
        for child in content.children:
            if isinstance(child, nodes.bullet_list):
                box += [self.answer(item, name) for item in child]
            else:
                box += child
        verdicts = [answer["verdict"] for answer in box.findall(Answer)]
        if len(verdicts) < 2 or verdicts.count("right") != 1:
            raise self.error(f"a quiz needs two answers or more, one of them right; got {verdicts}")
        return [box, *messages]

    def answer(self, item, name):
        """Return the answer in a list item."""
        first = item[0]
        mark = first.astext()[:4]
        if mark not in MARKS or len(item) < 2:
            raise self.error(f"an answer is [x] or [ ], a text and its reply; got {item.astext()!r}")
        start = next(first.findall(nodes.Text))
        start.parent.replace(start, nodes.Text(start.astext()[4:]))
        reply = nodes.container("", *item.children[1:], classes=["quiz-reply"])
        return Answer("", AnswerText("", "", *first.children), reply, verdict=MARKS[mark], name=name)


def visit_answer(translator, node):
    """Open the element; answers of one question share a name, so that one is open at a time."""
    translator.body.append(f'<details class="quiz-answer quiz-{node["verdict"]}" name="{node["name"]}">')


def depart_answer(translator, _node):
    """Close the element."""
    translator.body.append("</details>\n")


def visit_answer_text(translator, _node):
    """Open the summary."""
    translator.body.append("<summary>")


def depart_answer_text(translator, node):
    """Close the summary; the verdict is the first word of the reply, shown when it opens."""
    verdict = VERDICTS[node.parent["verdict"]]
    translator.body.append(f'</summary>\n<p class="quiz-verdict">{verdict}</p>')


def setup(app):
    """Register the directive and its style sheet, which is in the book's `_static` folder."""
    app.add_node(Answer, html=(visit_answer, depart_answer))
    app.add_node(AnswerText, html=(visit_answer_text, depart_answer_text))
    app.add_directive("quiz", Quiz)
    app.add_css_file(STYLE_SHEET)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
