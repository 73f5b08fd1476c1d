// Warns before a log-in ends, and lets it last longer without leaving the page. What it says comes from the server, in the last half
// hour. Without this file the warning stands on pages that are loaded then, and what is sent too late is kept all the same.
const WARN_BEFORE = 30 * 60;
const EVERY = 20000;
const ANY_PAGE = "/account";

export const watchLogIn = (place) => {
  let lasts = Number(place.dataset.logInLasts);
  let from = Date.now();
  const left = () => lasts - (Date.now() - from) / 1000;
  const say = (words) => {
    if (place.querySelector("p")?.textContent === words) return;
    const said = Object.assign(document.createElement("p"), { textContent: words });
    place.querySelector("[data-said], p")?.remove();
    place.prepend(said);
  };
  const take = async (asked) => {
    const answer = await asked;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-log-in-lasts]");
    if (!answer.ok || !fresh) throw new Error();
    lasts = Number(fresh.dataset.logInLasts);
    from = Date.now();
    place.replaceChildren(...fresh.childNodes);
  };
  const look = async () => {
    const isNear = left() <= WARN_BEFORE && left() > 0;
    if (isNear && !place.querySelector("form")) await take(fetch(ANY_PAGE, { headers: { "x-by-itself": "yes" } })).catch(() => say("Your log-in ends soon. Save what you write."));
    place.hidden = left() > WARN_BEFORE;
    if (left() > 0) return;
    say("Your log-in has ended. What you typed is still here. When you send it, it is kept for you, and you log in again.");
    place.querySelector("form")?.remove();
  };
  place.setAttribute("role", "status");
  place.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { action } = event.target;
    await take(fetch(action, { method: "POST", body: new URLSearchParams(new FormData(event.target)) })).then(look, () =>
      say("That did not work. Save what you write, then log in again."),
    );
  });
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  look();
};

// Goes on from the answer of a log-in provider. Without this file its form has one button.
export const goOn = (form) => form.requestSubmit();
