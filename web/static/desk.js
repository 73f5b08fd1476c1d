// Comfort only: every page works without this file.
import { initAll } from "./nhsuk/nhsuk-frontend.min.js";
import { addWords } from "./add_words.js";
import { choose } from "./choose.js";
import { openDeeds } from "./deeds.js";
import { keepUp } from "./live.js";
import { showLike } from "./like.js";
import { watchLogIn } from "./log_in.js";
import { keepMark } from "./marks.js";
import { preview } from "./preview.js";
import { closeWhenLeft } from "./menus.js";
import { offerPalette } from "./palette.js";
import { beHere, keepDraft, sendByKey } from "./writing.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

// What is fetched and shown in place is as lively as what came with the page.
const enliven = (part) => {
  initAll(part);
  part.querySelectorAll("[data-draft]").forEach(keepDraft);
  part.querySelectorAll("[data-draft] textarea").forEach(sendByKey);
  part.querySelectorAll("[data-words]").forEach(addWords);
};

enliven(document);
openDeeds(enliven);
keepMark();
document.querySelectorAll("[data-live], [data-live-every]").forEach(keepUp);
document.querySelectorAll("[data-preview]").forEach(preview);
document.querySelectorAll("[data-choosing]").forEach(choose);
document.querySelectorAll(".desk-menu").forEach(offerPalette);
document.querySelectorAll("[data-menu]").forEach(closeWhenLeft);
document.querySelectorAll("[data-like]").forEach(showLike);
document.querySelectorAll("[data-log-in-lasts]").forEach(watchLogIn);
document.querySelectorAll("[data-here]").forEach(beHere);
