// A reply to hand goes where somebody writes and replaces nothing. Without this file the desk adds it at the end.
const written = new WeakSet();

const insert = (box, words) => {
  const at = written.has(box) ? box.selectionEnd : box.value.length;
  const before = box.value.slice(0, at);
  const after = box.value.slice(at);
  const gap = (text, end) => (!text || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : end);
  const whole = gap(before, "\n\n") + words + (after && !after.startsWith("\n") ? "\n\n" : "");
  box.focus();
  box.setSelectionRange(at, at);
  // So that it can be undone by key; where a browser has no such command, it is put in all the same.
  if (!document.execCommand?.("insertText", false, whole)) {
    box.setRangeText(whole, at, at, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

document.addEventListener("focusin", ({ target }) => target.matches?.("textarea") && written.add(target));

export const addWords = (button) =>
  button.addEventListener("click", (event) => {
    const box = button.form?.elements.body;
    if (!box) return;
    event.preventDefault();
    insert(box, button.dataset.words);
  });
