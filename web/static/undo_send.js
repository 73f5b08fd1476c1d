// Counts down the seconds in which what was sent can be taken back. Without this file they are those of when the page was shown.

export const countDown = (place) => {
  const left = place.querySelector("[data-seconds]");
  const until = Date.now() + Number(place.dataset.leavesIn) * 1000;
  const end = () => {
    clearInterval(timer);
    if (place.querySelector("form").contains(document.activeElement)) place.focus();
    place.querySelector("form").remove();
    place.querySelector("strong").textContent = "Sent.";
    place.setAttribute("aria-label", "Sent.");
    document.querySelectorAll("[data-not-left]").forEach((mark) => mark.remove());
  };
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) return end();
    left.textContent = seconds;
  };
  const timer = setInterval(tick, 250);
  place.focus({ preventScroll: true }); // so that it is read aloud, and the button is the next stop
  // Back to this page, out of the browser's memory: the clock went on.
  addEventListener("pageshow", tick);
};
