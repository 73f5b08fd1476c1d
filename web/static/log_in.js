// Warns before a log-in ends, and lets it last longer without leaving the page. Without this file the warning stands on
// pages that are loaded in the last half hour, and what is sent too late is kept all the same.
const WARN_BEFORE = 30 * 60;
const EVERY = 20000;

export const watchLogIn = (place) => {
  const said = place.querySelector("[data-said]");
  const form = place.querySelector("form");
  let lasts = Number(place.dataset.logInLasts);
  let from = Date.now();
  place.setAttribute("role", "status");
  const look = () => {
    const left = lasts - (Date.now() - from) / 1000;
    place.hidden = left > WARN_BEFORE;
    if (left > 0) return;
    said.textContent = "Your log-in has ended. What you typed is still here. When you send it, it is kept for you, and you log in again.";
    form.hidden = true;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-log-in-lasts]");
      if (!answer.ok || !fresh) throw new Error();
      lasts = Number(fresh.dataset.logInLasts);
      from = Date.now();
      said.textContent = fresh.querySelector("[data-said]").textContent;
      look();
    } catch {
      said.textContent = "That did not work. Save what you write, then log in again.";
    }
  });
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  look();
};

// Goes on from the answer of a log-in provider. Without this file its form has one button.
export const goOn = (form) => form.requestSubmit();
