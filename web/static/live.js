// A page that shows what changes. Without this file it is a plain page that is loaded again by hand.

import { withMarkOf } from "./marks.js";

// What a page asks by itself does not mean that somebody is there.
const BY_ITSELF = { accept: "text/html", "x-by-itself": "yes" };

// Never moves what is under the pointer, where somebody is, or what they ticked: then it only says that there is
// something new. A finger gives no sign before it presses, so under it nothing moves at all.
const isInUse = (parts) =>
  matchMedia("(hover: none)").matches ||
  parts.some((part) => part.matches(":hover, :has(:checked)") || part.contains(document.activeElement));

// Says it once: a change more is not told again, and takes the focus from nobody who is on the button.
const bar = (place, words, press) => {
  if (place.firstChild) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small desk-news";
  button.textContent = words;
  button.addEventListener("click", press);
  place.append(button);
};

const partsOf = (page, chosen) => [...page.querySelectorAll(chosen)];

const keepTicks = (part, fresh) =>
  part.querySelectorAll("input:checked").forEach((tick) => {
    const same = fresh.querySelector(`[name="${tick.name}"][value="${CSS.escape(tick.value)}"]`);
    if (same) same.checked = true;
  });

const rowsOf = (part) => [...part.querySelectorAll("tbody tr[id]")];

// Whether a part would be as high as before: the same rows in the same order, or a line whose numbers changed.
const isStill = (part, fresh) => {
  const rows = [rowsOf(part), rowsOf(fresh)].map((found) => found.map((row) => row.id).join());
  return rows[0] === rows[1] && (rows[0] || part.matches("nav, a, .desk-order, .desk-offers:not(:has([open]))"));
};

const put = (part, fresh) => {
  if (part.hasAttribute("aria-current")) fresh.setAttribute("aria-current", part.getAttribute("aria-current"));
  if (part.isEqualNode(fresh) || part.contains(document.activeElement)) return;
  keepTicks(part, fresh);
  part.replaceWith(fresh);
};

// Shows what is new where it moves nothing; a row in which somebody is stays as it is. Says whether that was all of it.
const renewInPlace = (shown, fresh) => {
  const still = shown.map((part, at) => part.isEqualNode(fresh[at]) || isStill(part, fresh[at]));
  shown.forEach((part, at) => {
    if (!still[at]) return;
    const rows = rowsOf(fresh[at]);
    if (rows.length) rowsOf(part).forEach((row, nth) => put(row, rows[nth]));
    else put(part, fresh[at]);
  });
  return still.every(Boolean);
};

const renew = async (place, chosen, isAsked = false) => {
  const answer = await fetch(location.href, { headers: BY_ITSELF });
  if (!answer.ok || answer.redirected) return;
  const page = withMarkOf(document, new DOMParser().parseFromString(await answer.text(), "text/html"));
  const fresh = partsOf(page, chosen);
  const shown = partsOf(document, chosen);
  const fits = fresh.length === shown.length;
  document.title = page.title;
  if (fits && !isAsked && shown.every((part, at) => part.isEqualNode(fresh[at]))) return;
  const offers = "liveOffers" in place.dataset;
  if (fits && !isAsked && offers && renewInPlace(shown, fresh)) return;
  const isElsewhere = !offers && (fits ? !isInUse([...shown, place]) : document.activeElement === document.body);
  if (!isAsked && !isElsewhere) return bar(place, "Something changed. Show it", () => renew(place, chosen, true));
  if (!fits) return location.reload();
  place.textContent = "";
  shown.forEach((part, at) => {
    keepTicks(part, fresh[at]);
    part.replaceWith(fresh[at]);
  });
  if (isAsked) fresh.at(-1).querySelector("a")?.focus();
};

// What goes on by itself is asked again every so many seconds, until its page no longer says so.
const askAgain = (chosen, seconds) => {
  const timer = setInterval(async () => {
    const answer = await fetch(location.href, { headers: BY_ITSELF });
    if (!answer.ok || answer.redirected) return clearInterval(timer);
    const page = withMarkOf(document, new DOMParser().parseFromString(await answer.text(), "text/html"));
    const fresh = partsOf(page, chosen);
    partsOf(document, chosen).forEach((part, at) => {
      const isHere = part.contains(document.activeElement);
      if (!isHere && !part.isEqualNode(fresh[at])) part.replaceWith(fresh[at]);
    });
    if (!page.querySelector("[data-live-every]")) clearInterval(timer);
  }, seconds * 1000);
};

// A stream of this page's own, for browsers that cannot share one between tabs.
const ownStream = (hear) => {
  let source;
  return (address) => {
    source?.close();
    source = address ? new EventSource(address) : undefined;
    source?.addEventListener("changed", ({ data }) => hear(data));
  };
};

const sharedStream = (hear) => {
  const { port } = new SharedWorker(new URL("./live_worker.js", import.meta.url), "live");
  port.addEventListener("message", ({ data }) => hear(data));
  port.start();
  return (address) => port.postMessage(address);
};

// Follows an address while the page is visible; `back` is called when somebody comes back to it.
const follow = (address, hear, back) => {
  const ask = (window.SharedWorker ? sharedStream : ownStream)(hear);
  const isVisible = () => document.visibilityState === "visible";
  const look = () => {
    ask(isVisible() ? address : "");
    if (isVisible()) back();
  };
  if (isVisible()) ask(address);
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => ask(""));
  addEventListener("pageshow", ({ persisted }) => persisted && look());
};

export const keepUp = (place) => {
  const { live: address, liveParts: chosen, liveEvery: seconds } = place.dataset;
  place.setAttribute("role", "status");
  if (seconds) return askAgain(chosen, seconds);
  const mine = new URL(address, location.href).searchParams.get("ticket") ?? "queue";
  // A ticket is told of only where the page does not show it yet: what somebody did themselves, it does.
  const show = async () => {
    if (chosen) return renew(place, chosen);
    const answer = await fetch(location.href, { headers: BY_ITSELF });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.querySelector("[data-live]")?.dataset.liveVersion === place.dataset.liveVersion) return;
    bar(place, "This ticket was changed. Show it", () => location.reload());
  };
  follow(address, (data) => data.split(" ").includes(mine) && show(), show);
};

// The bell of the header: only its number changes, under whoever is on it too.
export const ringBell = (bell) => {
  const number = bell.querySelector("[data-bell-count]");
  const count = async () => {
    const answer = await fetch("/notices/count", { headers: { ...BY_ITSELF, accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { count: unread } = await answer.json();
    number.textContent = unread < 100 ? unread : "99+";
    number.parentElement.hidden = !unread;
  };
  // Browsers open few streams at once: where none is shared, that of the page comes first.
  if (!window.SharedWorker && document.querySelector("[data-live]")) return;
  follow(bell.dataset.bell, (data) => data.split(" ").includes("bell") && count(), count);
};
