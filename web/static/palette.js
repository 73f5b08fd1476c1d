// The palette: all that can be done on a page, every page that one may open, and any ticket by its number. Ctrl+K or the button opens it,
// typing narrows it, Enter does it, Escape goes back.
import { clicked, isReachable, made, named } from "./places.js";

const HERE = [
  "[data-key], [data-deed], .desk-deed",
  "main .nhsuk-button",
  ".desk-to-hand button",
  ".desk-onward a",
  ".desk-views a",
  ".desk-header nav a, .desk-header nav button",
  "main [id^='ticket-'] a[href^='/tickets/'], .desk-queue th a",
];
const MOST = 12;
const NUMBER = /^(?:dn)?[\s\p{Pd}]*0*(\d{1,9})$/iu;

// Of a dialog that is open, what stands in it: the page behind it cannot be reached.
const onPage = () =>
  (document.querySelector("dialog[open]:not(.desk-palette)") ? ["dialog[open] :is(a, button)"] : HERE)
    .flatMap((chosen) => [...document.querySelectorAll(chosen)])
    .filter((place) => named(place) && isReachable(place) && !place.closest(".desk-palette"))
    .map((place) => ({ text: named(place), href: place.getAttribute("href"), act: () => clicked(place) }));

// Asked for once a page, when it is first wanted; the browser keeps the answer for as long as it is the same.
let pages;
const fetchPages = async () => {
  try {
    const answer = await fetch("/pages", { headers: { accept: "application/json" } });
    return answer.ok && !answer.redirected ? await answer.json() : [];
  } catch {
    return [];
  }
};

const toPage = ({ text, href }) => ({ text, href, act: () => location.assign(href) });

const ticketOf = (typed) => {
  const number = NUMBER.exec(typed)?.[1];
  return number ? [toPage({ text: `Open DN-${number.padStart(6, "0")}`, href: `/tickets/${number}` })] : [];
};

// Posted, so that no address holds what was typed.
const searchFor = (typed) => {
  const box = document.querySelector("#search");
  if (!box || !typed) return [];
  const act = () => {
    box.value = typed;
    box.form.requestSubmit();
  };
  return [{ text: `Find “${typed}”`, act }];
};

const isWithin = (letters, word) => {
  let at = 0;
  for (const letter of word) if (letter === letters[at]) at += 1;
  return at === letters.length;
};

// How well a text has all the words, in any order: as beginnings, within words, or with letters left out; 0 if not.
const score = (text, words) => {
  const whole = text.toLowerCase();
  const parts = whole.split(/[^\p{L}\p{N}]+/u);
  const scores = words.map((word) => {
    if (parts.some((part) => part.startsWith(word)) || whole.startsWith(word)) return 3;
    if (whole.includes(word)) return 2;
    return word.length > 2 && parts.some((part) => isWithin(word, part)) ? 1 : 0;
  });
  return scores.every(Boolean) ? 1 + scores.reduce((sum, one) => sum + one, 0) : 0;
};

const once = (options) => {
  const seen = new Set();
  return options.filter(({ text, href }) => {
    const known = [href && `to ${href}`, `of ${text.toLowerCase()}`].filter(Boolean);
    const isNew = !known.some((one) => seen.has(one));
    if (isNew || !href) known.forEach((one) => seen.add(one));
    return isNew;
  });
};

const optionsFor = (typed, others) => {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = [...onPage(), ...others.map(toPage)]
    .map((option) => ({ option, points: score(option.text, words) }))
    .filter(({ points }) => points)
    .sort((one, other) => other.points - one.points)
    .map(({ option }) => option);
  const asked = searchFor(typed);
  return [...once([...ticketOf(typed), ...matching]).slice(0, MOST - asked.length), ...asked];
};

const palette = () => {
  const dialog = made("dialog", { className: "desk-palette" }, { "aria-label": "Actions and pages", closedby: "any" });
  const box = made(
    "input",
    { className: "nhsuk-input", type: "text", autocomplete: "off", placeholder: "An action, a page, or the number of a ticket" },
    {
      "aria-label": "What do you want to do?",
      role: "combobox",
      "aria-controls": "palette",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
    },
  );
  const list = made("ul", { id: "palette" }, { role: "listbox", "aria-label": "Actions and pages" });
  const count = made("p", { className: "nhsuk-u-visually-hidden" }, { role: "status" });
  const close = made("button", { type: "button", className: "desk-link-button", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  dialog.append(box, list, count, close);
  document.body.append(dialog);

  let options = [];
  let others = [];
  let at = 0;
  const mark = (to) => {
    at = options.length ? (to + options.length) % options.length : 0;
    [...list.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", options.length ? `palette-${at}` : "");
  };
  const act = (option) => {
    dialog.close();
    option.act();
  };
  const show = () => {
    options = optionsFor(box.value.trim(), others);
    list.replaceChildren(
      ...options.map((option, n) => {
        const line = made("li", { id: `palette-${n}`, textContent: option.text }, { role: "option" });
        line.addEventListener("click", () => act(option));
        return line;
      }),
    );
    count.textContent = options.length ? "" : "Nothing like this is here.";
    mark(0);
  };
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    const does = {
      ArrowDown: () => mark(at + 1),
      ArrowUp: () => mark(at - 1),
      Enter: () => options[at] && act(options[at]),
    }[event.key];
    if (!does || event.isComposing) return;
    event.preventDefault();
    does();
  });
  return async () => {
    if (document.querySelector(".desk-palette[open]")) return;
    box.value = "";
    show();
    dialog.showModal();
    others = await (pages ??= fetchPages());
    if (dialog.open && !at) show();
  };
};

export const offerPalette = (menu) => {
  const open = palette();
  const button = made("button", { type: "button", className: "desk-link-button desk-all", textContent: "Actions " });
  button.append(made("kbd", { textContent: "Ctrl K" }));
  button.addEventListener("click", open);
  menu.before(button);
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open();
  });
};
