"""HTML of mails: whatever is nested, broken or hidden in it, nothing that acts or loads is left."""

import pytest

from navigator.mail_in.html_text import clean, text_of

ACTS = ("<script", "javascript:", "onerror", "onload", "<iframe", "<svg", "<style", "<img", "src=", "href=")
HOSTILE = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<svg><p><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<a href='javascript:alert(1)'>open</a>",
    "<a href='java&#10;script:alert(1)'>open</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<p style='background:url(https://evil.example/pixel)'>words</p>",
    "<img src='https://evil.example/pixel?who=1'>",
    "<template><script>alert(1)</script></template>",
)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_in_a_mail_acts_or_loads(html: str):
    """T14 and T15 of the peers."""
    left = clean(f"<p>Hello</p>{html}").lower()
    assert "hello" in left
    assert not [word for word in ACTS if f"{word}" in left.replace("&lt;", "")]
    assert "Hello" in text_of(f"<p>Hello</p>{html}")
