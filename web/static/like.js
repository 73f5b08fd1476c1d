// Shows reports like the one that is being typed. Without this file, the button "See reports like this" does.
const PAUSE = 1000;
const FEWEST = 12;

export const showLike = (place) => {
  const form = place.closest("form");
  const button = form.querySelector("[formaction]");
  const said = document.createElement("p");
  said.className = "nhsuk-u-visually-hidden";
  said.setAttribute("role", "status");
  place.before(said);
  button.hidden = true;
  let wait;
  let asked = 0;
  const look = async () => {
    const turn = (asked += 1);
    if (form.elements.text.value.trim().length < FEWEST) return;
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-like]");
      if (turn !== asked || !found) return;
      const warning = found.querySelector("h2, h3")?.textContent.trim() || found.textContent.trim();
      place.replaceChildren(...found.childNodes);
      if (said.textContent !== warning) said.textContent = warning;
    } catch {
      button.hidden = false;
    }
  };
  form.addEventListener("input", (event) => {
    if (!["text", "programme", "category", "service"].includes(event.target.name)) return;
    clearTimeout(wait);
    wait = setTimeout(look, PAUSE);
  });
};
