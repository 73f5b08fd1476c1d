// A page's forms have one mark, by which the desk knows what was sent before. Without this file a page that is loaded
// again, when somebody goes back to it, has a new one.
const marksOf = (page) => [...page.querySelectorAll("input[name=once]")];

const mark = (page, value) => marksOf(page).forEach((box) => box.setAttribute("value", value));

// Goes with the page's place in the history: back to it, and into another tab that is made of this one.
export const keepMark = () => {
  const kept = history.state?.mark;
  const own = marksOf(document)[0]?.value;
  if (kept) mark(document, kept);
  else if (own) history.replaceState({ ...history.state, mark: own }, "");
};

// What is fetched of the same page anew does not differ by its mark alone.
export const withMarkOf = (shown, fresh) => {
  const own = marksOf(shown)[0]?.value;
  if (own) mark(fresh, own);
  return fresh;
};
