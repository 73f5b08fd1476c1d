// Locks the pages of somebody who went away: what was typed is kept on the desk, and nothing of the page stays on the screen.
// Without this file the next request asks, and what is sent is kept all the same.
const USED = "desk_used"; // when somebody was here last, for all tabs of this browser
const LOOK = 5000;
const SAY = 60000; // how often the desk is told that somebody is here
const AGAIN = 10000;
const SIGNS = ["keydown", "pointerdown", "wheel", "touchstart", "input"];

const read = () => {
  try {
    return Number(localStorage.getItem(USED));
  } catch {
    return 0; // a browser that keeps nothing knows this tab alone
  }
};
const write = (at) => {
  try {
    localStorage.setItem(USED, at);
  } catch {
    // as above
  }
};

const isTyped = (box) => {
  if (["checkbox", "radio"].includes(box.type)) return box.checked !== box.defaultChecked;
  if (box.tagName === "SELECT") return [...box.options].some((one) => one.selected !== one.defaultSelected);
  return ["INPUT", "TEXTAREA"].includes(box.tagName) && box.type !== "hidden" && box.value !== box.defaultValue;
};

// What was typed into a form: no password, no file, and its mark under another name, so that nothing is sent by it.
const wordsOf = (form) => {
  const secret = [...form.elements].some((box) => box.type === "password");
  const isUnsaved = "unsaved" in form.dataset; // what could not be saved stands there in hidden boxes
  if (secret || form.getAttribute("action") === "/search" || !(isUnsaved || [...form.elements].some(isTyped))) return null;
  const facts = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "once") facts.append(name, value);
  facts.set("lock.page", form.dataset.unsaved || location.pathname + location.search);
  facts.set("lock.path", new URL(form.action, location.href).pathname);
  facts.set("lock.mark", form.elements.once?.value ?? "");
  return facts;
};

const lock = async () => {
  const forms = [...document.querySelectorAll("form[method=post]")].map(wordsOf).filter(Boolean);
  if (!forms.length) forms.push(new URLSearchParams({ "lock.page": location.pathname + location.search }));
  const page = forms[0].get("lock.page");
  document.title = "Locked";
  const said = document.createElement("main");
  said.textContent = "This desk is locked. What you typed is kept as soon as there is a connection. Leave this page open.";
  document.body.replaceChildren(said);
  while (forms.length) {
    try {
      const answer = await fetch("/account/lock", { method: "POST", body: forms[0], redirect: "manual" });
      if (answer.type !== "opaqueredirect" && answer.status >= 500) throw new Error();
      forms.shift();
    } catch {
      await new Promise((go) => setTimeout(go, AGAIN));
    }
  }
  location.replace(`/unlock?next=${encodeURIComponent(page)}`);
};

export const lockWhenLeft = (place) => {
  const after = 1000 * Number(place.dataset.locksAfter);
  let here = Date.now();
  let told = here;
  let isLocked = false;
  write(here);
  const last = () => Math.max(here, read());
  const look = async () => {
    if (isLocked) return;
    if (Date.now() - last() >= after) {
      isLocked = true;
      return lock();
    }
    if (here - told < SAY) return;
    told = here;
    const answer = await fetch("/account/active", { method: "POST" }).catch(() => null);
    if (answer?.status === 401 || answer?.redirected) {
      isLocked = true;
      lock();
    }
  };
  const note = () => {
    if (Date.now() - last() >= after) return look(); // the first sign of somebody after the machine slept unlocks nothing
    here = Date.now();
    write(here);
  };
  SIGNS.forEach((sign) => addEventListener(sign, note, { passive: true, capture: true }));
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", ({ persisted }) => persisted && look());
  setInterval(look, LOOK);
};

// On the page that asks: when another tab was unlocked, this one goes on, too.
export const goOnWhenUnlocked = () => {
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { "x-by-itself": "yes" }, redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") location.reload();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("storage", look);
};
