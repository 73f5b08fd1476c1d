// A ticket beside the queue, on a screen with room for both. Without this file a row leads to its ticket's page.

const ROOM = matchMedia("(min-width: 87.5em)");
const PAUSE = 150; // somebody who runs through the rows by key looks at the one where they stop
const READ_AFTER = 1500;

const rowOf = (link) => link.closest("tr");

export const preview = (place) => {
  let wait;
  let asked;
  place.hidden = false; // there from the beginning, so that nothing moves when it is filled
  const show = async (link) => {
    const number = new URL(link.href).pathname.split("/").at(-1);
    if (asked === number) return;
    asked = number;
    const answer = await fetch(`/desk/preview/${number}`);
    if (!answer.ok || answer.redirected || asked !== number) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...page.body.childNodes);
    place.scrollTop = 0;
    document.querySelectorAll(".desk-queue tr[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
    rowOf(link).setAttribute("aria-current", "true");
    setTimeout(() => asked === number && read(link, number), READ_AFTER);
  };
  const read = (link, number) => {
    const version = place.querySelector("[data-live-version]").dataset.liveVersion;
    fetch(`/tickets/${number}/here`, { method: "POST", body: new URLSearchParams({ version }) });
    const words = link.querySelector("b");
    if (!words) return;
    const plain = document.createElement("span");
    plain.textContent = words.lastChild.textContent;
    words.replaceWith(plain);
  };
  const linkIn = (event) => event.target.closest?.(".desk-queue th a");
  const list = document.querySelector(".desk-list");
  list.addEventListener("focusin", (event) => {
    const link = linkIn(event);
    clearTimeout(wait);
    if (link && ROOM.matches && link.matches(":focus-visible")) wait = setTimeout(show, PAUSE, link);
  });
  // A click shows it, a second one, Enter, or a click with a key opens its page.
  list.addEventListener("click", (event) => {
    const link = linkIn(event);
    const isPlain = event.detail === 1 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !ROOM.matches || !isPlain || rowOf(link).hasAttribute("aria-current")) return;
    event.preventDefault();
    show(link);
  });
};
