use super::*;
use crate::builder::Builder;

fn state() -> State {
    Builder::default()
        .user("U0ADA", "Ada <Lovelace>")
        .user("U0BEN", "Ben Okri")
        .channel("C0OPS", "ops", &["U0ADA"])
        .private_channel("C0BOARD", "board", &["U0BEN"])
        .into_state()
}

fn html(source: &str) -> String {
    let state = state();
    mrkdwn(
        source,
        Reader {
            state: &state,
            id: "U0ADA",
        },
    )
}

#[test]
fn marks_stand_around_words_and_not_within_them() {
    assert_eq!(
        html("*bold* _it_ ~no~ `a*b*`"),
        "<strong>bold</strong> <em>it</em> <s>no</s> <code>a*b*</code>"
    );
    for plain in [
        "2*3*4",
        "snake_case_name",
        "* not *",
        "a~b~c",
        "**",
        "*",
        "_",
    ] {
        assert_eq!(html(plain), plain);
    }
    assert_eq!(
        html("*a _b ~c~_*"),
        "<strong>a <em>b <s>c</s></em></strong>"
    );
}

#[test]
fn nothing_that_was_typed_becomes_markup() {
    assert_eq!(
        html("&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;"),
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;"
    );
    assert_eq!(html("<script>alert(1)</script>"), "scriptalert(1)/script");
    assert_eq!(html("<javascript:alert(1)|press>"), "press");
    assert_eq!(
        html("<https://a.test/\"onclick=\"x|\"q\">"),
        "<a target=\"_blank\" rel=\"noopener noreferrer\" href=\"https://a.test/&quot;onclick=&quot;x\">\"q\"</a>"
    );
    assert_eq!(
        markdown("<img src=x onerror=alert(1)> [a](javascript:b)"),
        "<p>&lt;img src=x onerror=alert(1)&gt; <a target=\"_blank\" rel=\"noopener noreferrer\" href=\"#\">a</a></p>\n"
    );
    assert_eq!(plain("<b>\n:star:", true), "&lt;b&gt;<br>⭐");
}

#[test]
fn mentions_carry_names_and_a_conversation_that_is_not_seen_keeps_its_own() {
    assert_eq!(
        html("<@U0ADA> and <@U0BEN|ben>"),
        "<span class=\"mention me\">@Ada &lt;Lovelace&gt;</span> and <span class=\"mention\">@Ben Okri</span>"
    );
    assert_eq!(
        html("<#C0OPS> <#C0BOARD|board>"),
        "<a class=\"mention\" data-channel=\"C0OPS\" href=\"#\">#ops</a> <span class=\"mention\">#private-channel</span>"
    );
    assert_eq!(
        html("<!here> <!subteam^S1|@leads>"),
        "<span class=\"mention me\">@here</span> <span class=\"mention me\">@leads</span>"
    );
}

#[test]
fn a_date_leaves_its_wording_to_the_readers_zone_and_keeps_its_fallback() {
    assert_eq!(
        html("<!date^1797242400^{date_long} at {time}|Monday>"),
        "<time datetime=\"2026-12-14T10:00:00Z\" data-format=\"{date_long} at {time}\">Monday</time>"
    );
    assert_eq!(html("<!date^soon^{date}|soon>"), "soon");
    assert_eq!(html("<!date^99999999999999999^{date}|far>"), "far");
}

#[test]
fn quotes_bullets_and_fences_are_blocks_of_their_own() {
    assert_eq!(
        html("said:\n&gt; one\n&gt;two\nend"),
        "said:<blockquote>one<br>two</blockquote>end"
    );
    assert_eq!(
        html("• a\n• *b*"),
        "<ul><li>a</li><li><strong>b</strong></li></ul>"
    );
    assert_eq!(
        html("x\n```\na *b*\n &lt;c&gt;```\ny"),
        "x<pre>a *b*\n &lt;c&gt;</pre>y"
    );
    assert_eq!(html("an unclosed ```fence"), "an unclosed ```fence");
}

#[test]
fn emoji_names_become_emoji_and_times_of_day_do_not() {
    assert_eq!(
        html(":star: :large_yellow_circle: :no_such_name:"),
        "⭐ 🟡 :no_such_name:"
    );
    assert_eq!(html("at 10:30:00"), "at 10:30:00");
    assert_eq!(emoji("wave::skin-tone-2"), Some("👋"));
}

#[test]
fn a_long_row_of_marks_comes_to_an_end() {
    let nested = "*_~".repeat(2_000) + "x" + &"~_*".repeat(2_000);
    assert!(html(&nested).contains('x'));
}
