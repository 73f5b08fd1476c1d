// Single keys: j and k go through a list, others press the link or button with that `data-key`. Never while somebody types, with a
// modifier, or in a dialog; and off for whoever wants none (the account page).
import { clicked, isReachable, made, named } from "./places.js";

const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const ROWS = "main :is([id^='ticket-'], .desk-row)";
const GO = { t: "/home", q: "/desk", r: "/clinical-reviews", p: "/problems", i: "/insight", s: "/settings" };
const PAUSE = 1500;

const rows = () => [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility() && linkOf(row));
const linkOf = (row) => (row.matches("a") ? row : row.querySelector("a[href^='/tickets/'], th a, a"));
const pressable = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isReachable);
const menuLink = (key) => document.querySelector(`.desk-header nav a[href="${GO[key] ?? "-"}"]`);
const searchBox = () => document.querySelector("#search");

// From where somebody is, or came back to, in a list.
const move = (step) => {
  const list = rows();
  const here = list.findIndex((row) => row.contains(document.activeElement));
  const at = here < 0 ? list.findIndex((row) => row.matches(":target")) : here;
  const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), list.length - 1);
  linkOf(list[to]).focus();
  list[to].scrollIntoView({ block: "nearest" });
};

const tickOf = () => rows().find((row) => row.contains(document.activeElement))?.querySelector("input[type=checkbox]");

const known = () => {
  const deeds = [...document.querySelectorAll("[data-key]")].filter(isReachable).map((place) => [place.dataset.key, named(place)]);
  const pages = Object.keys(GO).flatMap((key) => (menuLink(key) ? [[`g ${key}`, named(menuLink(key))]] : []));
  return [
    ...(rows().length ? [["j", "The next in the list"], ["k", "The one before"], ["Enter", "Open it"]] : []),
    ...(document.querySelector(`${ROWS} [type=checkbox]`) ? [["x", "Choose it"]] : []),
    ...new Map(deeds),
    ...(searchBox() ? [["/", "Find a ticket or a person"]] : []),
    ...pages,
    ["Ctrl K", "All actions and pages"],
    ["Ctrl Enter", "Send what you write"],
    ["?", "These keys"],
  ];
};

const showKeys = () => {
  const dialog = made("dialog", { className: "desk-palette desk-key-list" }, { "aria-labelledby": "keys", closedby: "any" });
  const list = made("dl");
  for (const [key, text] of known()) {
    const term = made("dt");
    term.append(...key.split(" ").flatMap((one) => [made("kbd", { textContent: one }), " "]));
    const line = made("div");
    line.append(term, made("dd", { textContent: text }));
    list.append(line);
  }
  const close = made("button", { type: "button", className: "desk-link-button", textContent: "Close", autofocus: true });
  close.addEventListener("click", () => dialog.close());
  const off = made("a", { href: "/account#single-keys", textContent: "Turn single keys off" });
  dialog.append(made("h2", { id: "keys", textContent: "Keys on this page" }), list, off, made("br"), close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
};

const actionOf = (key, isAfterG) => {
  if (isAfterG) return menuLink(key) && (() => menuLink(key).click());
  const place = pressable(key);
  if (place) return () => clicked(place);
  const toSearch = searchBox() && (() => searchBox().select());
  const inList = rows().length && { j: () => move(1), k: () => move(-1), x: tickOf() && (() => tickOf().click()) }[key];
  return inList || { "/": toSearch, "?": showKeys }[key];
};

const isFree = (event) =>
  !event.defaultPrevented &&
  !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing) &&
  !event.target.closest?.(TYPED) &&
  !document.querySelector("dialog[open]");

export const obeyKeys = () => {
  let askedToGo = -PAUSE;
  document.querySelectorAll("[data-key]").forEach((place) => place.setAttribute("aria-keyshortcuts", place.dataset.key));
  addEventListener("keydown", (event) => {
    const isAfterG = event.timeStamp - askedToGo < PAUSE;
    if (!isFree(event) || event.key === "Shift") return;
    askedToGo = event.key === "g" && !isAfterG ? event.timeStamp : -PAUSE;
    const act = actionOf(event.key, isAfterG && event.key !== "g");
    if (!act || (event.repeat && !"jk".includes(event.key))) return;
    event.preventDefault();
    act();
  });
};
