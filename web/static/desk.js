// Comfort only: every page works without this file.
import { initAll } from "./nhsuk/nhsuk-frontend.min.js";
import { addWords, sayWhatItDoes } from "./add_words.js";
import { choose } from "./choose.js";
import { openDeeds } from "./deeds.js";
import { obeyKeys } from "./keys.js";
import { showLike } from "./like.js";
import { keepUp, ringBell } from "./live.js";
import { goOnWhenUnlocked, lockWhenLeft } from "./lock.js";
import { goOn, watchLogIn } from "./log_in.js";
import { keepMark } from "./marks.js";
import { preview } from "./preview.js";
import { closeWhenLeft } from "./menus.js";
import { markSeen, offerNames } from "./mentions.js";
import { offerPalette } from "./palette.js";
import { countDown } from "./undo_send.js";
import { beHere, keepDraft, sendByKey } from "./writing.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

// The library's script keeps whoever presses twice from sending twice.
const BUTTON = { module: "nhsuk-button", preventDoubleClick: "true" };

// What is fetched and shown in place is as lively as what came with the page.
const enliven = (part) => {
  part.querySelectorAll(".nhsuk-button").forEach(({ dataset }) => Object.assign(dataset, BUTTON));
  initAll(part);
  part.querySelectorAll("[data-draft]").forEach(keepDraft);
  part.querySelectorAll("[data-draft] select[name=does]").forEach(sayWhatItDoes);
  part.querySelectorAll("form[data-draft]").forEach(sendByKey);
  part.querySelectorAll("[data-words], [data-words-at] button").forEach(addWords);
  part.querySelectorAll("[data-names]").forEach(offerNames);
};

enliven(document);
openDeeds(enliven);
keepMark();
document.querySelectorAll("[data-live], [data-live-every]").forEach(keepUp);
document.querySelectorAll("[data-bell]").forEach(ringBell);
document.querySelectorAll("[data-preview]").forEach(preview);
document.querySelectorAll("[data-choosing]").forEach(choose);
document.querySelectorAll(".desk-menu").forEach(offerPalette);
if (document.body.classList.contains("desk-keys")) obeyKeys();
document.querySelectorAll("[data-menu]").forEach(closeWhenLeft);
document.querySelectorAll("[data-leaves-in]").forEach(countDown);
document.querySelectorAll("[data-seen]").forEach(markSeen);
document.querySelectorAll("[data-like]").forEach(showLike);
document.querySelectorAll("[data-log-in-lasts]").forEach(watchLogIn);
document.querySelectorAll("[data-goes-on]").forEach(goOn);
document.querySelectorAll("[data-here]").forEach(beHere);
document.querySelectorAll("[data-locks-after]").forEach(lockWhenLeft);
document.querySelectorAll("[data-unlock]").forEach(goOnWhenUnlocked);
