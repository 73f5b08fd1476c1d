// All that can be done on a page, by key: Ctrl+K opens a list, typing narrows it, Enter does it, Escape goes back.
const DOABLE = [
  ".desk-shelves a, .desk-shelves button",
  "main .nhsuk-button",
  ".desk-onward a",
  ".desk-queue th a",
  ".desk-views a",
  ".desk-header nav a, .desk-header nav button",
];
const MOST = 12;

const named = (place) => place.textContent.replace(/\s+/g, " ").trim();

const doable = () => [...new Set(DOABLE.flatMap((one) => [...document.querySelectorAll(one)]))].filter(
    (place) => named(place) && (place.checkVisibility() || place.closest(".desk-menu")),
  );

const made = (tag, facts = {}) => Object.assign(document.createElement(tag), facts);

const palette = () => {
  const dialog = made("dialog", { className: "desk-palette" });
  const box = made("input", { className: "nhsuk-input", type: "text", autocomplete: "off" });
  const list = made("ul", { id: "palette" });
  dialog.setAttribute("aria-label", "All that you can do here");
  box.setAttribute("aria-label", "What do you want to do?");
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-controls", "palette");
  box.setAttribute("aria-expanded", "true");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "What you can do");
  dialog.append(box, list);
  document.body.append(dialog);

  let found = [];
  let at = 0;
  const mark = (to) => {
    at = (to + found.length) % (found.length || 1);
    [...list.children].forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
    box.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
  };
  const act = (place) => {
    dialog.close();
    place.focus();
    place.click();
  };
  const show = () => {
    const words = box.value.toLowerCase().split(/\s+/);
    found = doable()
      .filter((place) => words.every((word) => named(place).toLowerCase().includes(word)))
      .slice(0, MOST);
    list.replaceChildren(
      ...found.map((place, n) => {
        const line = made("li", { id: `palette-${n}`, textContent: named(place) });
        line.setAttribute("role", "option");
        line.addEventListener("click", () => act(place));
        return line;
      }),
    );
    mark(0);
  };
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    const does = {
      ArrowDown: () => mark(at + 1),
      ArrowUp: () => mark(at - 1),
      Enter: () => found[at] && act(found[at]),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
  return () => {
    box.value = "";
    show();
    dialog.showModal();
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
