// A reply to hand goes where somebody writes and replaces nothing; what else it does is chosen beside the button that sends it, and said.
// Without this file the desk adds it at the end.
const PARTS = { does: "does", sortAs: "sort_as", followUp: "follow_up" };
const written = new WeakSet();

// So that it can be undone by key; where a browser has no such command, it is put in all the same.
export const typeIn = (box, words, from, to = from) => {
  box.focus();
  box.setSelectionRange(from, to);
  if (document.execCommand?.("insertText", false, words)) return;
  box.setRangeText(words, from, to, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
};

const paragraphs = (text) => text.split(/\n{2,}/).map((part) => part.trim()).filter(Boolean);

// Nobody is greeted twice: a greeting and a signature that both share are not put in again, and the rest comes before that signature.
// Nothing comes where all of it stands already. `replies_to_hand.py` does so too.
const insert = (box, reply) => {
  const standing = paragraphs(box.value);
  const whole = paragraphs(reply);
  const asked = whole.slice(standing[0] === whole[0] ? 1 : 0);
  const isSigned = asked.length > 0 && standing.at(-1) === asked.at(-1);
  const fresh = asked.slice(0, asked.length - (isSigned ? 1 : 0));
  const joined = (parts) => `\0${parts.join("\0")}\0`;
  if (!fresh.length || joined(standing).includes(joined(fresh))) return selectGap(box, 0, box.value.length);
  const last = isSigned ? box.value.lastIndexOf(standing.at(-1)) : box.value.length;
  const at = Math.min(written.has(box) ? box.selectionEnd : box.value.length, last);
  const before = box.value.slice(0, at);
  const after = box.value.slice(at);
  const gap = (text, end) => (!text || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : end);
  const added = gap(before, "\n\n") + fresh.join("\n\n") + (after && !after.startsWith("\n") ? "\n\n" : "");
  typeIn(box, added, at);
  selectGap(box, at, at + added.length);
};

// What is still to be filled in is what is typed next.
const selectGap = (box, from, to) => {
  const gap = /\[fill in: [^\]\n]*\]/.exec(box.value.slice(from, to));
  if (gap) box.setSelectionRange(from + gap.index, from + gap.index + gap[0].length);
};

const chosenWords = (select) => select.selectedOptions[0].textContent.trim();

const lower = (words) => words[0].toLowerCase() + words.slice(1);

const set = (select, value) => {
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
};

// Whoever takes all the words out again did not mean what they bring along: no call is logged that nobody made.
const takeBack = (form, chosen) => {
  const box = form.elements.body;
  const before = chosen.map(([select, value]) => [select, value, select.value]);
  const look = () => {
    if (box.value.trim()) return;
    box.removeEventListener("input", look);
    before.filter(([select, value]) => select.value === value).forEach(([select, , was]) => set(select, was));
    const told = form.querySelector("[data-plan-told]");
    if (told) told.textContent = "No longer chosen.";
  };
  box.addEventListener("input", look);
};

const choose = (form, facts) => {
  const chosen = Object.entries(PARTS)
    .map(([fact, name]) => [form.elements[name], facts[fact]])
    .filter(([select, value]) => value && select?.tagName === "SELECT");
  if (chosen.length) takeBack(form, chosen);
  chosen.forEach(([select, value]) => {
    set(select, value);
    select.closest("details")?.setAttribute("open", "");
  });
  const told = form.querySelector("[data-plan-told]");
  if (told) told.textContent = chosen.length ? `Chosen: ${chosen.map(([select]) => chosenWords(select)).join(". ")}.` : "";
  const ended = form.elements.resolution;
  if (facts.does && ended && [...ended].some((radio) => radio.value === facts.does)) ended.value = facts.does;
};

// Whoever comes to the box of a page that was sent back begins where something is missing; whoever clicks, where they click.
document.addEventListener("focusin", ({ target }) => {
  if (!target.matches?.("textarea") || written.has(target)) return;
  written.add(target);
  selectGap(target, 0, target.value.length);
});

// The words of a list come when somebody begins to write, opens it, or chooses one of it by the palette.
const fetched = new WeakMap();

const fetchWords = async (list) => {
  const answer = await fetch(list.dataset.wordsAt);
  if (!answer.ok) throw new Error(answer.statusText);
  const words = await answer.json();
  list.querySelectorAll("button").forEach((button) => (button.dataset.words = words[button.value] ?? ""));
};

const wordsCome = (list) => {
  if (!fetched.has(list)) {
    list.setAttribute("aria-busy", "true");
    fetched.set(list, fetchWords(list).finally(() => list.removeAttribute("aria-busy")));
  }
  return fetched.get(list).catch(() => fetched.delete(list));
};

export const addWords = (button) => {
  const list = button.closest("[data-words-at]");
  list?.closest("details").addEventListener("toggle", () => wordsCome(list), { once: true });
  if (list) button.form?.addEventListener("focusin", () => wordsCome(list), { once: true });
  const add = (box) => {
    choose(button.form, button.dataset);
    insert(box, button.dataset.words);
  };
  button.addEventListener("click", async (event) => {
    const box = button.form?.elements.body;
    if (!box) return;
    event.preventDefault();
    if (button.dataset.words) return add(box);
    await wordsCome(list);
    if (button.dataset.words) add(box);
    else button.form.requestSubmit(button); // the desk adds them
  });
};

// The button that sends says what it does.
export const sayWhatItDoes = (select) => {
  const button = select.form?.querySelector("button.nhsuk-button:not([formaction])");
  const words = [...(button?.childNodes ?? [])].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!words) return;
  const usual = words.textContent;
  const say = () => (words.textContent = select.value ? `Send and ${lower(chosenWords(select))} ` : usual);
  select.addEventListener("change", say);
  say();
};
