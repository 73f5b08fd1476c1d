// A page that shows what changes. Without this file it is a plain page that is loaded again by hand.

import { withMarkOf } from "./marks.js";

// Never moves what is under the pointer, where somebody is, or what they ticked: then it only says that there is
// something new.
const isInUse = (parts) =>
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
    const same = fresh.querySelector(`#${CSS.escape(tick.id)}`);
    if (same) same.checked = true;
  });

const renew = async (place, chosen, isAsked = false) => {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = partsOf(withMarkOf(document, new DOMParser().parseFromString(await answer.text(), "text/html")), chosen);
  const shown = partsOf(document, chosen);
  const fits = fresh.length === shown.length;
  if (fits && !isAsked && shown.every((part, at) => part.isEqualNode(fresh[at]))) return;
  const isElsewhere = fits ? !isInUse([...shown, place]) : document.activeElement === document.body;
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
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
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
  const { live: address, liveParts: chosen, liveEvery: seconds, liveVersion: version } = place.dataset;
  place.setAttribute("role", "status");
  if (seconds) return askAgain(chosen, seconds);
  const mine = new URL(address, location.href).searchParams.get("ticket") ?? "queue";
  const show = () => {
    if (chosen) renew(place, chosen);
    else bar(place, "This ticket was changed. Show it", () => location.reload());
  };
  const catchUp = async () => {
    if (chosen) return show();
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.querySelector("[data-live]")?.dataset.liveVersion !== version) show();
  };
  follow(address, (data) => data.split(" ").includes(mine) && show(), catchUp);
};
