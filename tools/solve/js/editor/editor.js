// The editor of the fields for code, bundled when the book is built.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/legacy-modes/mode/python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const SHARED = [
  history(),
  drawSelection(),
  indentUnit.of("    "),
  EditorState.tabSize.of(4),
  indentOnInput(),
  bracketMatching(),
  StreamLanguage.define(python),
  syntaxHighlighting(classHighlighter),
  // after Escape, Tab leaves the field, until something else is pressed
  EditorView.domEventHandlers({
    keydown(event, view) {
      if (event.key === "Escape") view.setTabFocusMode(true);
      else if (!["Tab", "Shift"].includes(event.key)) view.setTabFocusMode(false);
      return false;
    },
    blur(_event, view) {
      view.setTabFocusMode(false);
      return false;
    },
  }),
];

export function attach(parent, { label, text, input, enter }) {
  const run = () => (enter(), true);
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run }, { key: "Shift-Enter", run }, indentWithTab]),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      ...SHARED,
      EditorView.contentAttributes.of({
        "aria-label": label,
        autocapitalize: "off",
        spellcheck: "false",
        tabindex: "0",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !update.transactions.some((one) => one.isUserEvent("replace.all"))) {
          input(update.state.doc.toString());
        }
      }),
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    // what was there can be had again with Ctrl+Z
    replace: (whole) =>
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: whole },
        userEvent: "replace.all",
      }),
    focus(anchor = 0, head = anchor) {
      view.focus();
      view.dispatch({ selection: { anchor, head } });
    },
  };
}

globalThis.spotlightEditor = { attach };
