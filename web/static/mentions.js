// Offers colleagues' names after an @ in a note, and says that what one was told is read once its page is open.
// Without this file a name is typed, and a button says so.
import { typeIn } from "./add_words.js";

const MOST = 6;
const BEGUN = /(?:^|[^\p{L}\p{N}@.])@(\p{L}[\p{L}\p{N}’'-]*(?: \p{L}[\p{L}\p{N}’'-]*)?|)$/u;

const fits = (name, begun) => {
  const [whole, start] = [name.toLocaleLowerCase("en"), begun.toLocaleLowerCase("en")];
  return whole.startsWith(start) || whole.split(" ").slice(1).some((word) => word.startsWith(start));
};

export const offerNames = (form) => {
  const box = form.elements.body;
  const names = JSON.parse(form.dataset.names);
  if (!box || !names.length) return;
  const offer = document.createElement("ul");
  offer.className = "desk-names";
  offer.hidden = true;
  offer.setAttribute("aria-label", "Colleagues you can name");
  const said = document.createElement("p");
  said.className = "nhsuk-u-visually-hidden";
  said.setAttribute("role", "status");
  box.after(offer, said);

  const begunAt = () => BEGUN.exec(box.value.slice(0, box.selectionStart));
  const close = () => {
    offer.hidden = true;
    offer.replaceChildren();
  };
  const take = (name, begun) => {
    const end = box.selectionStart;
    typeIn(box, `${name} `, end - begun.length, end);
    close();
  };
  // Enter takes the first name, as everywhere; a bare @ takes none, for a line may end with it.
  const isTaken = ({ key, ctrlKey, metaKey, shiftKey, isComposing }) =>
    key === "Enter" && !(ctrlKey || metaKey || shiftKey || isComposing) && begunAt()?.[1];
  const button = (name, begun) => {
    const item = document.createElement("li");
    const press = document.createElement("button");
    press.type = "button";
    press.textContent = name;
    press.addEventListener("click", () => take(name, begun));
    item.append(press);
    return item;
  };
  const show = () => {
    const begun = begunAt()?.[1];
    const found = begun === undefined ? [] : names.filter((name) => fits(name, begun)).slice(0, MOST);
    if (!found.length || found[0] === begun) return close();
    offer.replaceChildren(...found.map((name) => button(name, begun)));
    offer.hidden = false;
    said.textContent = `${found.length === 1 ? "1 name" : `${found.length} names`}: ${found.join(", ")}. Press Enter for the first, or the down arrow to choose.`;
  };

  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (offer.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") offer.querySelector("button").focus();
    else if (isTaken(event)) offer.querySelector("button").click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  offer.addEventListener("keydown", (event) => {
    const buttons = [...offer.querySelectorAll("button")];
    const next = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (next) (buttons[buttons.indexOf(document.activeElement) + next] ?? box).focus();
    else if (event.key === "Escape") {
      box.focus();
      close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget !== box && !offer.contains(relatedTarget)) close();
  });
};

// Once, when the page is looked at: what comes later is not read by a tab in the background.
export const markSeen = (form) => {
  const seen = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", seen);
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => {});
  };
  document.addEventListener("visibilitychange", seen);
  seen();
};
