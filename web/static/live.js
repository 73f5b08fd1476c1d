// A page that shows what changes. Without this file it is a plain page that is loaded again by hand.

// Never moves what is under the pointer, or where somebody is: then it only says that there is something new.
const isInUse = (parts) =>
  parts.some((part) => part.matches(":hover") || part.contains(document.activeElement));

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

const renew = async (place, chosen) => {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = partsOf(new DOMParser().parseFromString(await answer.text(), "text/html"), chosen);
  const shown = partsOf(document, chosen);
  if (fresh.length !== shown.length) return location.reload();
  if (shown.every((part, at) => part.isEqualNode(fresh[at]))) return;
  const show = () => {
    place.textContent = "";
    shown.forEach((part, at) => part.replaceWith(fresh[at]));
  };
  if (isInUse(shown)) bar(place, "Something changed. Show it", () => renew(place, chosen, show()));
  else show();
};

export const keepUp = (place) => {
  const chosen = place.dataset.liveParts;
  place.setAttribute("role", "status");
  const source = new EventSource(place.dataset.live);
  source.addEventListener("changed", () => {
    if (chosen) renew(place, chosen);
    else bar(place, "This ticket was changed. Show it", () => location.reload());
  });
  addEventListener("pagehide", () => source.close());
};
