// Links and buttons of a page, as keys and the palette press them.
export const made = (tag, facts = {}, attributes = {}) => {
  const place = Object.assign(document.createElement(tag), facts);
  Object.entries(attributes).forEach(([name, value]) => place.setAttribute(name, value));
  return place;
};

// Its words, without the hints of keys and the counts behind them.
export const named = (place) => {
  const copy = place.cloneNode(true);
  copy.querySelectorAll("kbd, .desk-count").forEach((hint) => hint.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
};

// What is seen, or stands in a menu or among replies to hand that are closed.
export const isReachable = (place) =>
  !place.disabled && (place.checkVisibility() || Boolean(place.closest("[data-menu], .desk-to-hand")));

export const clicked = (place) => {
  place.focus();
  place.click();
};
