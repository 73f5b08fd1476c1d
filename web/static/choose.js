// Choosing rows: a box for all on the page, and how many are chosen. Without this file each row has its box.

export const choose = (form) => {
  const button = form.querySelector(".desk-choosing button");
  const words = button.textContent;
  const boxes = () => [...form.querySelectorAll("input[name=tickets]")];
  const count = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    button.textContent = chosen ? `${words} (${chosen})` : words;
    all.textContent = chosen ? "Choose none" : "Choose all on this page";
  };
  const all = document.createElement("button");
  all.type = "button";
  all.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
  all.addEventListener("click", () => {
    const none = boxes().every((box) => !box.checked);
    boxes().forEach((box) => (box.checked = none));
    count();
  });
  button.before(all, " ");
  form.addEventListener("change", count);
  count();
};
