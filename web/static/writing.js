// Keeps what is being written on the server, sends it by key, and says who else is at the ticket. Without this file, "Look at it first" keeps it.
const PAUSE = 1500;
const BEAT = 30000;

const post = (address, facts = {}, headers = {}) =>
  fetch(address, { method: "POST", body: new URLSearchParams(facts), headers, keepalive: true });

// Ctrl+Enter anywhere in a form in which one writes presses its first button, and the button says so.
export const sendByKey = (form) => {
  const button = form.querySelector("textarea") && form.querySelector("button.nhsuk-button:not([formaction])");
  if (!button) return;
  const hint = document.createElement("kbd");
  hint.textContent = "Ctrl Enter";
  hint.setAttribute("aria-hidden", "true");
  button.setAttribute("aria-keyshortcuts", "Control+Enter");
  button.append(" ", hint);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    button.click();
  });
};

export const keepDraft = (form) => {
  const box = form.elements.body;
  if (!box) return;
  const said = document.createElement("p");
  said.className = "nhsuk-hint desk-draft";
  said.setAttribute("role", "status");
  box.closest(".nhsuk-form-group").append(said);
  let kept = box.value;
  let wait;
  const keep = async () => {
    clearTimeout(wait);
    const body = box.value;
    if (body === kept) return;
    kept = body;
    try {
      const answer = await post(`${form.action.replace(/[^/]*$/, "")}draft`, { address: form.dataset.draft, body });
      if (answer.status === 401) {
        kept = undefined;
        said.textContent = "You are logged out. What you typed is still here. When you send it, it is kept for you, and you log in again.";
        return;
      }
      if (!answer.ok) throw new Error();
      said.textContent = (await answer.json()).said || "Kept as a draft. Nobody else sees it.";
    } catch {
      kept = undefined;
      said.textContent = "This draft is not kept: there is no connection. What you typed is still here.";
    }
  };
  box.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(wait);
    kept = box.value;
  });
  addEventListener("pagehide", keep);
  // What is taken back goes before what was typed since, so that is kept first.
  document.querySelector("[data-leaves-in] form")?.addEventListener("submit", async (event) => {
    if (box.value === kept || event.defaultPrevented) return;
    event.preventDefault();
    await keep();
    event.target.submit();
  });
};

export const beHere = (place) => {
  // What the page shows: only then is what is new on the ticket read, too.
  const shown = () => ({ version: document.querySelector("[data-live-version]")?.dataset.liveVersion ?? "" });
  const beat = async () => {
    if (document.hidden) return;
    try {
      const { others } = await (await post(place.dataset.here, shown(), { "x-by-itself": "yes" })).json();
      const words = others.join(". ");
      if (place.textContent !== words) place.textContent = words;
    } catch {
      // The next beat tries again; what is shown stays.
    }
  };
  beat();
  setInterval(beat, BEAT);
};
