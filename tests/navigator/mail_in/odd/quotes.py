"""What mail programs put around an answer: quotes, signatures, footers, in several languages.

Nothing of our own letter must stand in what somebody wrote, and nothing that they wrote must be missing.
"""

from tests.navigator.mail_in.odd import HTML_HEAD, JOINED, NO_WORDS, TEXT_HEAD, Odd, of, parts

NEW = "Still broken after the update."
OURS = "There is an answer for you."

_LINES = {
    "Gmail, English": "On Tue, 9 Jun 2026 at 10:00, North <a@b.example> wrote:",
    "Gmail, two lines": "On Tue, 9 Jun 2026 at 10:00, North Talking Therapies\n<a@b.example> wrote:",
    "Gmail, German": "Am Di., 9. Juni 2026 um 10:00 Uhr schrieb North <a@b.example>:",
    "Gmail, French": "Le mar. 9 juin 2026 à 10:00, North <a@b.example> a écrit :",
    "Gmail, Spanish": "El mar, 9 jun 2026 a las 10:00, North (<a@b.example>) escribió:",
    "Gmail, Italian": "Il giorno mar 9 giu 2026 alle ore 10:00 North <a@b.example> ha scritto:",
    "Gmail, Polish": "wt., 9 cze 2026 o 10:00 North <a@b.example> napisał(a):",
    "Gmail, Portuguese": "North <a@b.example> escreveu no dia terça, 9/06/2026 à(s) 10:00:",
    "Gmail, Dutch": "Op di 9 jun 2026 om 10:00 schreef North <a@b.example>:",
    "Gmail, Welsh": "Ar Maw, 9 Meh 2026 am 10:00, ysgrifennodd North <a@b.example>:",
    "Apple, English": "On 9 Jun 2026, at 10:00, North <a@b.example> wrote:",
    "Apple, Polish": "Wiadomość napisana przez North <a@b.example> w dniu 9.06.2026, o godz. 10:00:",
    "Thunderbird, Polish": "W dniu 9.06.2026 o 10:00, North pisze:",
    "Thunderbird, Swedish": "Den 2026-06-09 kl. 10:00, North skrev:",
    "Gmail, Japanese": "2026年6月9日(火) 10:00 North <a@b.example>のメール:",
    "Gmail, Bengali": "মঙ্গল, ৯ জুন, ২০২৬ তারিখে North <a@b.example> লিখেছেন:",
    "Original Message": "-----Original Message-----",
    "German original": "-----Ursprüngliche Nachricht-----",
    "Forwarded": "---------- Forwarded message ---------",
    "A line of underscores": "________________________________",
}
_HEADED = {
    "Outlook, English": "From: North <a@b.example>\nSent: 09 June 2026 10:00\nTo: Pat\nSubject: DN-000001",
    "Outlook, starred": "*From:* North <a@b.example>\n*Sent:* 09 June 2026 10:00\n*To:* Pat\n*Subject:* DN",
    "Outlook, German": "Von: North <a@b.example>\nGesendet: Dienstag, 9. Juni 2026 10:00\nAn: Pat\nBetreff: DN",
    "Outlook, French": "De : North <a@b.example>\nEnvoyé : mardi 9 juin 2026 10:00\nÀ : Pat\nObjet : DN",
    "Outlook, Spanish": "De: North <a@b.example>\nEnviado: martes, 9 de junio de 2026\nPara: Pat\nAsunto: DN",
    "Outlook, Polish": "Od: North <a@b.example>\nWysłano: wtorek, 9 czerwca 2026\nDo: Pat\nTemat: DN",
    "Outlook, Dutch": "Van: North <a@b.example>\nVerzonden: dinsdag 9 juni 2026\nAan: Pat\nOnderwerp: DN",
    "Outlook, Welsh": "Oddi wrth: North <a@b.example>\nAnfonwyd: 09 Mehefin 2026\nAt: Pat\nPwnc: DN",
    "Outlook, Chinese": "发件人: North <a@b.example>\n发送时间: 2026年6月9日\n收件人: Pat\n主题: DN",
}
QUOTED = [
    Odd(f"{name}, quoted with >", of(f"{NEW}\n\n{line}\n> {OURS}\n> Read it here:"), JOINED, NEW, OURS)
    for name, line in _LINES.items()
] + [
    Odd(f"{name}, not marked", of(f"{NEW}\n\n{lines}\n\n{OURS}\nRead it here:"), JOINED, NEW, OURS)
    for name, lines in _HEADED.items()
]

_SIGNED = {
    "two hyphens": "-- \nPat Example\n12 High Street",
    "an iPhone": "Sent from my iPhone",
    "an Android phone": "Sent from my Samsung Galaxy smartphone.",
}
SIGNED = [
    Odd(f"signed by {name}", of(f"{NEW}\n\n{words}"), JOINED, NEW, words.splitlines()[-1])
    for name, words in _SIGNED.items()
]

KEPT = [
    Odd("answers between the lines", of("> Is it on?\nYes it is\n> Which phone?\nA Nokia"), says="A Nokia"),
    Odd("the question stays between answers", of("Yes\n> Which phone?\nA Nokia"), says="Which phone?"),
    Odd("words below the quote", of(f"> {OURS}\n\n{NEW}"), JOINED, NEW, OURS),
    Odd(
        "words after Thanks",
        of("Hi,\nThanks, but it fails when I press the green button twice."),
        says="green button",
    ),
    Odd("a list with hyphens", of("It fails:\n- on my phone\n- on the tablet"), says="on the tablet"),
    Odd(
        "words that begin as a header",
        of("From: the start it was broken\nI tried twice"),
        says="I tried twice",
    ),
    Odd("nothing but a quote", of(f"> {OURS}\n> Read it here:"), JOINED, OURS),
    Odd("a question of a line with wrote", of("You wrote:\nturn it off. I did."), says="I did"),
    Odd("a long letter", of("word " * 2000), JOINED, "The mail goes on"),
    Odd("one line of 30,000 signs", of("broken" * 5000), JOINED, "broken"),
    Odd("40,000 empty lines", of("\n" * 40_000 + NEW), JOINED, NEW),
    Odd("a hundred headers one after the other", of(NEW + "\nFrom: x\nSent: y\n" * 100), JOINED, NEW),
    Odd(
        "a thousand depths of quoting",
        of(NEW + "\n" + "".join(">" * n + " x\n" for n in range(300))),
        JOINED,
        NEW,
    ),
]


def _html(html: str, plain: str = "") -> bytes:
    both = [(TEXT_HEAD, plain)] if plain else []
    return parts(*both, (HTML_HEAD, html), kind="alternative")


_GMAIL = f'<div dir="ltr">{NEW}</div><br><div class="gmail_quote"><div class="gmail_attr">On Tue wrote:</div><blockquote>{OURS}</blockquote></div>'
_OUTLOOK = (
    f'<p class="MsoNormal">{NEW}<o:p></o:p></p><div id="divRplyFwdMsg"><b>From:</b> North</div><p>{OURS}</p>'
)
_APPLE = f"<html><body>{NEW}<br><blockquote type=cite><div>On 9 Jun, North wrote:</div>{OURS}</blockquote></body></html>"
_YAHOO = f'<div class="ydp">{NEW}</div><div class="yahoo_quoted"><div>On Tuesday</div><div>{OURS}</div></div>'
OF_HTML = [
    Odd("Gmail in HTML", _html(_GMAIL), JOINED, NEW, OURS),
    Odd("Outlook in HTML", _html(_OUTLOOK), JOINED, NEW, OURS),
    Odd("Apple in HTML", _html(_APPLE), JOINED, NEW, OURS),
    Odd("Yahoo in HTML", _html(_YAHOO), JOINED, NEW, OURS),
    Odd(
        "a plain part that says to look at the other",
        _html(f"<p>{NEW * 9}</p>", "This mail has HTML."),
        says=NEW,
    ),
    Odd("an empty plain part", _html(f"<p>{NEW}</p>", " \n "), says=NEW),
    Odd("an empty HTML part", _html("<p>&nbsp;</p>", NEW), says=NEW),
    Odd("a script", _html(f"<script>alert('x')</script><p>{NEW}</p>"), JOINED, NEW, "alert"),
    Odd("a style", _html(f"<style>p {{color: red}}</style><p>{NEW}</p>"), JOINED, NEW, "color"),
    Odd(
        "words that nobody sees",
        _html(f'<div style="display:none">hidden</div><p>{NEW}</p>'),
        JOINED,
        NEW,
        "hidden",
    ),
    Odd(
        "a comment of Outlook",
        _html(f"<!--[if gte mso 9]><xml>secret</xml><![endif]--><p>{NEW}</p>"),
        JOINED,
        NEW,
        "secret",
    ),
    Odd("tags that never end", _html(f"<div><p><b>{NEW}<table><tr><td>x"), says=NEW),
    Odd("depths of tags", _html("<div>" * 3000 + NEW), says=NEW),
    Odd("entities", _html("<p>caf&eacute; &amp; &lt;b&gt; &#128512;</p>"), says="café & <b> 😀"),
    Odd("a table", _html("<table><tr><td>Phone</td><td>Nokia</td></tr></table>"), says="Nokia"),
    Odd("lines by br", _html("one<br>two<br/>three"), says="one\ntwo\nthree"),
    Odd("a list", _html("<ul><li>one</li><li>two</li></ul>"), says="- one\n- two"),
    Odd("nothing but a picture", _html('<img src="https://t.example/pixel">'), NO_WORDS),
    Odd("HTML that is declared plain", of(f"<html><body><p>{NEW}</p></body></html>"), says=NEW),
    Odd("HTML of a megabyte", _html(f"<p>{NEW}</p>" + "<span></span>" * 70_000), says=NEW),
]

ROWS = [*QUOTED, *SIGNED, *KEPT, *OF_HTML]
