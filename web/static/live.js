// A page that shows what changes. Without this file it is a plain page that is loaded again by hand.

// Never moves what is under the pointer, where somebody is, or what they ticked: then it only says that there is
// something new.
const isInUse = (parts) =>
  parts.some((part) => part.matches(":hover, :has(:checked)") || part.contains(document.activeElement));

const bar = (place, words, press) => {
  place.textContent = "";
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

const renew = async (place, chosen) => {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = partsOf(new DOMParser().parseFromString(await answer.text(), "text/html"), chosen);
  const shown = partsOf(document, chosen);
  if (fresh.length !== shown.length) return location.reload();
  if (shown.every((part, at) => part.isEqualNode(fresh[at]))) return;
  const show = () => {
    place.textContent = "";
    shown.forEach((part, at) => {
      keepTicks(part, fresh[at]);
      part.replaceWith(fresh[at]);
    });
  };
  if (isInUse(shown)) bar(place, "Something changed. Show it", () => renew(place, chosen, show()));
  else show();
};

// What goes on by itself is asked again every so many seconds, until its page no longer says so.
const askAgain = (chosen, seconds) => {
  const timer = setInterval(async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return clearInterval(timer);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = partsOf(page, chosen);
    partsOf(document, chosen).forEach((part, at) => {
      const isHere = part.contains(document.activeElement);
      if (!isHere && !part.isEqualNode(fresh[at])) part.replaceWith(fresh[at]);
    });
    if (!page.querySelector("[data-live-every]")) clearInterval(timer);
  }, seconds * 1000);
};

export const keepUp = (place) => {
  const chosen = place.dataset.liveParts;
  place.setAttribute("role", "status");
  if (place.dataset.liveEvery) return askAgain(chosen, place.dataset.liveEvery);
  const source = new EventSource(place.dataset.live);
  source.addEventListener("changed", () => {
    if (chosen) renew(place, chosen);
    else bar(place, "This ticket was changed. Show it", () => location.reload());
  });
  addEventListener("pagehide", () => source.close());
};
