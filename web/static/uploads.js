// Says how far pictures have come, and before they are sent which are too large. Without this file the browser sends them.
const LARGEST = 8_400_000;
const MOST = 3;

const say = (form, words) => {
  let said = form.querySelector("[data-sending]");
  if (!said) {
    said = document.createElement("p");
    said.dataset.sending = "";
    said.setAttribute("role", "status");
    form.append(said);
  }
  if (said.textContent !== words) said.textContent = words;
};

const problemOf = (files) => {
  if (files.length > MOST) return "You can send up to 3 files at a time. Choose fewer.";
  const large = files.find((file) => file.size > LARGEST);
  return large ? `“${large.name}” is bigger than 8 MB. Take a screenshot of it and send that, or choose a smaller one.` : "";
};

// What the desk says is wrong, on the page as it is: nothing that was typed goes.
const showProblems = (form, text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const summary = page.querySelector(".nhsuk-error-summary");
  document.querySelector(".nhsuk-error-summary")?.remove();
  say(form, summary ? "" : "The pictures were not sent. Your words are still here. Try again.");
  if (!summary) return;
  document.querySelector("main").prepend(summary);
  document.title = page.title;
  summary.tabIndex = -1;
  summary.focus();
};

const send = (form, box) => {
  const request = new XMLHttpRequest();
  const bar = document.createElement("progress");
  const done = () => {
    bar.remove();
    delete form.dataset.isSending;
  };
  form.dataset.isSending = "yes";
  bar.max = 1;
  bar.setAttribute("aria-label", "How much is sent");
  say(form, "Sending");
  form.append(bar);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    const quarters = Math.floor((loaded / total) * 4) * 25;
    say(form, loaded === total ? "Sent. The desk looks at it" : `Sending: ${quarters}%`);
  });
  request.addEventListener("load", () => {
    const isDone = request.responseURL && request.status < 400;
    if (isDone) return location.assign(request.responseURL);
    done();
    showProblems(form, request.responseText);
    box.value = "";
  });
  request.addEventListener("error", () => {
    done();
    say(form, "The pictures were not sent: there is no connection. Your words are still here. Try again.");
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
    const problem = problemOf(files);
    if (problem) say(form, problem);
    else send(form, box);
  });
});
