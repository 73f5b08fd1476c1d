"""Cue detection: what moves a fix on, found in the answers to closed questions or in free text."""

import re
from collections.abc import Mapping

from navigator.catalogue.catalogue import Category, Cue

# Wordings are looked for in plain text: small letters, no apostrophes, commas and full stops apart.
# `~` stands for one word or comma; a wording never reaches over a full stop.
_FIXED = (
    r"(?:(?<!password )(?<!a )reset(?! (?:e ?mail|link|code|message|mail))|(?:re|un) ?installed|restarted"
    r"|rebooted|cleared|reassigned|resent|released|updated|(?:logged|signed) out|put it back|checked|tried"
    r"|turned (?:it|my phone|the phone) off|(?:did|done) all|followed|(?:been|gone|went) through"
    r"|used (?:another|a different))"
)
_FAILED = (
    r"(?:still|no (?:luck|change|difference|joy|better)|(?:did|does|has) ?(?:not|nt) (?:help|work|change)\w*"
    r"|makes? no difference|the same|same (?:thing|again|problem)|came (?:straight )?back|comes back"
    r"|happening|nothing (?:changed|helped|helps|works)|(?:is|was|gets?) (?:refused|rejected))\b"
)
_REDONE = (
    r"(?:(?:re|un) ?installed|restarted|rebooted|(?:deleted|removed) (?:it|the app)"
    r"|put (?:it |the app )?back(?: on)?|(?:cleared|emptied) (?:\w+ )?(?:cache|cookies|data|history)"
    r"|(?:switched|turned) ~{0,4}off and (?:back )?on|(?:downloaded|installed) (?:it |the app )?again"
    r"|(?:on|with|using|tried) (?:another|a different|a new|two different)"
    r" (?:phone|device|computer|laptop|tablet|browser))"
)
_STUCK = (
    r"(?:can ?not|cant|could ?not|couldnt|will not|wont|does ?not|doesnt|did ?not|didnt|still|same(?= [,.])"
    r"|no (?:luck|use|good|joy)|to no avail|just as bad|nothing)\b"
)
_BROWSER = r"(?:chrome|edge|safari|firefox)"
_ACCOUNT = r"(?:e ?mail|phone|number|details|address|password|profile|name|user|pin|code|log ?in|link)"
_UPDATE = r"(?:up ?date|upgrade|version|release|patch)s?"
_UPDATED = rf"(?:{_UPDATE}|up ?dated(?! (?:my |the )?{_ACCOUNT})|upgraded)\b"
_WORSE = (
    r"(?:no longer|stopped|crash\w*|fr[eo]ez\w*|froze\w*|blank|white|broken"
    r"|(?:does|will|is)(?: not|nt) (?:work|open|load|start)"
    r"|wont (?:work|open|load|start|let))\b"
)
_COUNT = (
    r"(?:several|a few|various|multiple|a couple of|loads of|many|most|lots"
    r"|two|three|four|five|six|seven|eight|nine|ten|\d+)"
)
_PEOPLE = r"(?:people|persons|patients|clients|colleagues|users|pwps|practitioners|friends|others)"
_PLACE = r"(?:team|group|class|clinic|service|caseload|course|programme)"
_TELL = r"(?:have|has|say|said|see|report\w*|are|get|getting|cannot|cant|same|with)"
_SAME = rf"(?:(?:the|exactly the) same(?! {_PLACE})|exactly this|same problem)"
_WHOSE = r"(?:my|her|his|their|the)"
_WORK = r"(?:answers?|entr(?:y|ies)|progress|work|writing|diary|notes|data|information|ratings|history)"
_DID = r"(?:wrote|written|did|done|typed|entered|put)"
_GONE = r"(?:gone|vanished|lost|wiped|deleted|missing|disappeared)"
_BEEN = r"(?:ha[sd]|have|is|are|was|were)"
_NUMBER = r"(?:scores?|figures?|numbers?|totals?|ratings?|results?|graph|chart)"

_WORDINGS: dict[Cue, tuple[str, ...]] = {
    Cue.TRIED_USUAL_FIX: (
        rf"{_FIXED} ~{{0,12}}{_FAILED}",
        rf"still ~{{0,6}}(?:although|though|after) ~{{0,8}}{_FIXED}",
        r"already (?:did|done|tried|reset|reinstalled|reassigned|resent|restarted)\b",
        r"told me to try ~{0,4}i have\b",
        r"(?:keeps?|kept) coming back ~{0,5}reset",
        rf"{_BROWSER} and {_BROWSER}",
        rf"{_REDONE} ~{{0,5}}{_STUCK}",
        r"tried (?:everything(?! else)|it all|all (?:of )?(?:it|this|that|these|those|the)\b)",
        r"(?:no matter what|whatever|nothing) i (?:do|did|try|tried)\b",
    ),
    Cue.AFTER_UPDATE: (
        rf"(?<!even )(?:since|after|following) ~{{0,4}}{_UPDATED}",
        rf"(?:fine|worked|works|ok|great|perfect\w*) ~{{0,5}}(?:until|till|before|then) ~{{0,4}}{_UPDATED}",
        rf"(?:new|latest|last|recent) {_UPDATE} ~{{0,3}}(?:crash\w*|stopped|fail\w*|wont|keeps)",
        rf"{_UPDATE} ~{{0,2}}(?:broke|broken|ruined|messed|killed)\b",
        rf"with (?:every|each|the (?:new|latest|last|recent)) {_UPDATE}\b",
        rf"(?:i|we|it|just|app|phone|ipad|tablet) {_UPDATED} ~{{0,8}}{_WORSE}",
    ),
    Cue.SEVERAL_PEOPLE: (
        rf"(?:everyone|everybody|all|nobody|no one|none) ~{{0,2}}(?:in|on|at|of) (?:my|our|the) {_PLACE}",
        rf"happen\w* (?:to|for|with) (?:all|everyone|everybody|(?:my|our) (?:whole|entire) {_PLACE})",
        rf"all (?:the )?{_PEOPLE} (?:\w+ )?{_TELL}\b",
        r"(?:nobody|no one|none of (?:us|my patients|my clients)) (?:\w+ )?can (?:get|log|open|use|see)",
        rf"{_COUNT} (?:of (?:my |our )?|other )?(?:{_PEOPLE}|us) ~{{0,4}}{_TELL}\b",
        rf"(?:everyone|everybody|others?|{_PEOPLE}|friend|colleague|partner|someone else) ~{{0,6}}{_SAME}",
        r"(?:not|nt) (?:just|only) me\b",
        rf"(?:none|neither) of us\b|(?:both|all|most|half) of us (?:\w+ )?{_TELL}\b",
        rf"we (?:all|both) {_TELL}\b",
    ),
    Cue.DATA_WRONG: (
        rf"(?:wrong|incorrect) {_NUMBER}\b",
        rf"{_NUMBER} ~{{0,5}}(?:is|are|was|were|looks?|plain|all) (?:wrong|incorrect|not right)",
        r"(?:not|nt) match what i (?:put|entered|wrote|typed|said)",
        rf"lost (?:all |half |some )?(?:of )?{_WHOSE} (?:\w+ ){{0,2}}{_WORK}\b",
        rf"(?:{_WHOSE}|all|some|half) (?:\w+ ){{0,3}}(?:{_WORK}|it) {_BEEN} (?:(?!not)\w+ ){{0,2}}{_GONE}",
        rf"{_WHOSE} (?:\w+ )?{_WORK} (?:all |just )?(?:disappeared|vanished)",
        rf"(?:as if|as though|like) (?:i|we|he|she|they) (?:had |have )?never (?:{_DID}|been|started|filled)",
        rf"(?:all|everything|whatever) (?:that )?i (?:had |have )?{_DID}(?: in)? ~{{0,2}}{_BEEN} {_GONE}",
        rf"{_WORK} (?:has |had |have )?(?:gone|went|jumped) back to (?:zero|nothing|the (?:start|beginning))",
    ),
}

# "Does not work since the update" tells of an update, "did not start after the update" does not:
# how many words a "not" reaches over differs by cue.
_NEGATION_REACH = {Cue.TRIED_USUAL_FIX: 2, Cue.AFTER_UPDATE: 0, Cue.SEVERAL_PEOPLE: 1, Cue.DATA_WRONG: 3}

_PATTERNS = {
    cue: re.compile(r"\b(?:" + "|".join(wordings).replace("~", r"(?:[\w,]+ )") + ")")
    for cue, wordings in _WORDINGS.items()
}
_NEGATIONS = {
    cue: re.compile(rf"(?:\b(?:not|never|without|nor)|nt) (?:\w+ ){{0,{reach}}}$")
    for cue, reach in _NEGATION_REACH.items()
}
_QUESTIONS = re.compile(
    r"(?:^|(?<=[,.]))\s*(?:is|are|do|does|did|has|have|can|could|should|would|will)\b[^.?]*\?|\bif\b[^,.?]*"
)


def cues_in_answers(category: Category, answers: Mapping[str, str]) -> frozenset[Cue]:
    """The cues in answers (question id to value) to a category's questions; others are passed over."""
    chosen = (question.option(answers.get(question.id, "")) for question in category.questions)
    return frozenset(option.cue for option in chosen if option and option.cue)


def stated_cues(text: str) -> frozenset[Cue]:
    """The cues in a reporter's free text (English): plainly stated, neither asked nor denied."""
    plain = _normalise(text)
    return frozenset(cue for cue in Cue if _is_stated(cue, plain))


def _normalise(text: str) -> str:
    letters = re.sub(r"['’`]", "", text.casefold())
    sentences = re.sub(r"[;:!\n()]+", ".", letters)
    statements = _QUESTIONS.sub(" ", sentences)
    return " ".join(re.sub(r"([,.])", r" \1 ", re.sub(r"[^\w,.]+", " ", statements)).split()) + " "


def _is_stated(cue: Cue, plain: str) -> bool:
    return any(
        not _NEGATIONS[cue].search(plain, 0, match.start()) for match in _PATTERNS[cue].finditer(plain)
    )
