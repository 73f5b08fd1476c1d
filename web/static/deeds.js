// Each deed opens in place: its own page is fetched and stands in a dialog, with what is wrong if it is refused. What was
// typed stays when it is closed, and what is only read is fetched anew. Without this file, a deed is its page.
const POINTERS = ["id", "for", "aria-describedby", "aria-labelledby", "aria-controls"];
// Where there is nothing to fill in, what cannot be taken back is not under the Enter key.
const FIRST = [".nhsuk-error-summary", "[data-first]", ":is(input, select, textarea):not([type=hidden])", ".nhsuk-button:not(.nhsuk-button--warning)", "button[type=button]"];
const opened = new Map();
let count = 0;

const ask = async (address, more = {}) => {
  const answer = await fetch(address, { headers: { accept: "text/html" }, redirect: "manual", ...more });
  const page = answer.type === "opaqueredirect" ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
  return { answer, page, deed: page?.querySelector("[data-asks]") };
};

// Two forms of one page have fields of the same names: in a dialog each has ids of its own.
const own = (part, prefix) => {
  part.querySelectorAll("*").forEach((one) => {
    POINTERS.filter((name) => one.hasAttribute(name)).forEach((name) =>
      one.setAttribute(name, one.getAttribute(name).replace(/\S+/g, `${prefix}$&`)),
    );
    if (one.getAttribute("href")?.startsWith("#")) one.setAttribute("href", one.getAttribute("href").replace("#", `#${prefix}`));
  });
  const title = part.querySelector("h1");
  const heading = Object.assign(document.createElement("h2"), { id: `${prefix}title` });
  heading.append(...title.childNodes);
  title.replaceWith(heading);
  return heading.id;
};

const made = (key) => {
  const dialog = document.createElement("dialog");
  dialog.className = "desk-dialog";
  document.body.append(dialog);
  opened.set(key, dialog);
  return dialog;
};

const focusFirst = (dialog) => FIRST.map((one) => dialog.querySelector(one)).find(Boolean).focus();

const show = (dialog, { page, deed }, enliven) => {
  const errors = page.querySelector(".nhsuk-error-summary");
  const close = Object.assign(document.createElement("button"), { type: "button", className: "desk-link-button desk-dialog__close", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  if (errors) deed.querySelector("h1").after(errors);
  dialog.setAttribute("aria-labelledby", own(deed, `deed-${(count += 1)}-`));
  dialog.replaceChildren(...deed.childNodes, close);
  if (!dialog.open) dialog.showModal();
  enliven(dialog);
  focusFirst(dialog);
};

const openedBy = (place) => (place.checkVisibility?.() === false ? place.closest("details").querySelector("summary") : place);

export const openDeeds = (enliven) => {
  const returnTo = (dialog, place) => (dialog.onclose = () => openedBy(place).focus());

  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-deed]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const known = opened.get(link.href);
    if (known?.querySelector("form")) {
      returnTo(known, link);
      known.showModal();
      return focusFirst(known);
    }
    const found = await ask(link.href).catch(() => ({}));
    if (!found.deed) return location.assign(link.href);
    const dialog = known ?? made(link.href);
    dialog.dataset.page = link.href;
    returnTo(dialog, link);
    show(dialog, found, enliven);
  });

  // The page that somebody is on is shown again by what a deed leads to: with its words and its undo.
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    const inside = form.closest(".desk-dialog");
    const looks = form.matches("[data-draft=replies]") && submitter?.name === "then";
    if ((!inside && !looks) || form.dataset.plain || form.getAttribute("method") !== "post" || event.defaultPrevented) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    const address = submitter?.getAttribute("formaction") || form.getAttribute("action");
    const body = new URLSearchParams(new FormData(form, submitter));
    const found = await ask(address, { method: "POST", body, referrer: inside?.dataset.page ?? location.href }).catch(() => ({}));
    delete form.dataset.busy;
    if (found.page === null) return leave(address.replace(/\/[^/]*$/, ""), inside);
    if (!found.deed) return goOn(form, submitter, inside, found);
    const dialog = inside ?? made(address + body);
    if (!inside) {
      dialog.dataset.page = location.href;
      returnTo(dialog, submitter);
    }
    show(dialog, found, enliven);
  });
};

// On to the ticket, which says what was done; whoever is logged out goes on to where their words are back.
const leave = async (ticket, inside) => {
  const here = await fetch(`${ticket}/here`, { method: "POST" }).catch(() => undefined);
  location.assign(here?.status === 401 && inside ? inside.dataset.page : ticket);
};

// Back to the reply on the page, with its words; else as without this file.
const goOn = (form, submitter, inside, { answer, page }) => {
  const words = page?.querySelector("form[data-draft=replies] textarea");
  const box = document.querySelector("form[data-draft=replies] textarea");
  if (answer?.ok && inside && words && box) {
    inside.onclose = null;
    inside.close();
    box.value = words.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    return box.focus();
  }
  if (answer?.status === 401 && inside) return location.assign(inside.dataset.page);
  form.dataset.plain = "yes";
  form.requestSubmit(submitter);
};
