// Says how far pictures have come, and before they are sent which are too large. Without this file the browser sends them.
const LARGEST = 8_400_000;
const MOST = 3;

const say = (form, words) => {
  let said = form.querySelector("[data-said]");
  if (!said) {
    said = document.createElement("p");
    said.dataset.said = "";
    said.setAttribute("role", "status");
    form.append(said);
  }
  if (said.textContent !== words) said.textContent = words;
};

// What is said stands at the box, in the language of the page.
const problemOf = (files, words) => {
  if (files.length > MOST) return words.tooMany;
  const large = files.find((file) => file.size > LARGEST);
  return large ? words.tooLarge.replace("{name}", () => large.name) : "";
};

// What the desk says is wrong, on the page as it is: nothing that was typed goes.
const showProblems = (form, words, text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const summary = page.querySelector(".nhsuk-error-summary");
  document.querySelector(".nhsuk-error-summary")?.remove();
  say(form, summary ? "" : words.notSent);
  if (!summary) return;
  document.querySelector("main").prepend(summary);
  document.title = page.title;
  summary.tabIndex = -1;
  summary.focus();
};

const send = (form, box) => {
  const request = new XMLHttpRequest();
  const bar = document.createElement("progress");
  const words = box.dataset;
  const done = () => {
    bar.remove();
    delete form.dataset.isSending;
  };
  form.dataset.isSending = "yes";
  bar.max = 1;
  bar.setAttribute("aria-label", words.sending);
  say(form, words.sending);
  form.append(bar);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    const quarters = Math.floor((loaded / total) * 4) * 25;
    say(form, loaded === total ? words.sent : `${words.sending}: ${quarters}%`);
  });
  request.addEventListener("load", () => {
    const isDone = request.responseURL && request.status < 400;
    if (isDone) return location.assign(request.responseURL);
    done();
    showProblems(form, words, request.responseText);
    box.value = "";
  });
  request.addEventListener("error", () => {
    done();
    say(form, `${words.noConnection} ${words.notSent}`);
  });
  request.open("POST", form.action);
  request.setRequestHeader("X-Uploading", "yes");
  request.send(new FormData(form));
};

document.querySelectorAll("form[enctype]").forEach((form) => {
  const box = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    const files = [...box.files];
    if (!files.length) return;
    event.preventDefault();
    if (form.dataset.isSending) return;
    const problem = problemOf(files, box.dataset);
    if (problem) say(form, problem);
    else send(form, box);
  });
});
