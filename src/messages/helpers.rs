//! What a template may say beside its holes. Each helper refuses a name that its context does not have.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable, StringOutput, Template, html_escape,
    template::{Parameter, TemplateElement},
};
use serde_json::Value;

use super::escape::{HOLE, Lines, hole, quoted, seen};

/// These pass a mistyped name as false, even in strict mode: `when`, `is` and `some` stand in for them.
const LAX: [&str; 5] = ["if", "unless", "with", "lookup", "log"];
/// What a template may ask whatever it gives.
const PLAIN: [(&str, Says); 5] = [
    ("when", Says::When),
    ("is", Says::Is),
    ("some", Says::Some),
    ("any", Says::Any),
    ("case", Says::Case),
];

pub(super) fn register(registry: &mut Handlebars<'static>) {
    registry.set_strict_mode(true);
    registry.set_prevent_indent(true);
    registry.register_escape_fn(|text| {
        let mut out = String::new();
        hole(text, HOLE, Lines::Joined, &mut out);
        out
    });
    strictly(registry);
    for (name, helper) in [
        ("prose", Says::Prose),
        ("raw", Says::Raw),
        ("say", Says::Say),
        ("frame", Says::Frame),
        ("inside", Says::Inside),
        ("mention", Says::Mention),
        ("quoted", Says::InQuotes),
        ("mrkdwn", Says::Mrkdwn),
        ("plain", Says::Plain),
    ] {
        registry.register_helper(name, Box::new(helper));
    }
}

/// What a web page may say: its holes are escaped for HTML, and keep their lines.
pub(super) fn register_for_pages(registry: &mut Handlebars<'static>) {
    registry.set_strict_mode(true);
    registry.set_prevent_indent(true);
    registry.register_escape_fn(|text| html_escape(&seen(text)));
    strictly(registry);
}

fn strictly(registry: &mut Handlebars<'static>) {
    for lax in LAX {
        registry.unregister_helper(lax);
    }
    for (name, helper) in PLAIN {
        registry.register_helper(name, Box::new(helper));
    }
}

/// The helpers.
#[derive(Clone, Copy)]
enum Says {
    When,
    Is,
    Some,
    Any,
    Case,
    Prose,
    Raw,
    Say,
    Frame,
    Inside,
    Mention,
    InQuotes,
    Mrkdwn,
    Plain,
}

impl HelperDef for Says {
    fn call<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        r: Reg<'reg>,
        ctx: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        match self {
            Self::When => when(h, r, ctx, rc, out),
            Self::Is => is(h, r, ctx, rc, out),
            Self::Some => some(h, r, ctx, rc, out),
            Self::Any => any(h, r, ctx, rc, out),
            Self::Case => case(h, r, ctx, rc, out),
            Self::Prose => prose(h, r, ctx, rc, out),
            Self::Raw => raw(h, r, ctx, rc, out),
            Self::Say => say(h, r, ctx, rc, out),
            Self::Frame => frame(h, r, ctx, rc, out),
            Self::Inside => inside_frame(rc, out),
            Self::Mention => mention(h, r, ctx, rc, out),
            Self::InQuotes => in_quotes(h, r, ctx, rc, out),
            Self::Mrkdwn => mrkdwn(h, r, ctx, rc, out),
            Self::Plain => plain(h, r, ctx, rc, out),
        }
    }
}

type Reg<'reg> = &'reg Handlebars<'reg>;

fn refused(why: &'static str) -> RenderError {
    RenderErrorReason::Other(why.to_owned()).into()
}

/// A helper's value, which must be there.
fn value<'h>(h: &'h Helper<'_>, at: usize) -> Result<&'h Value, RenderError> {
    let param = h.param(at).ok_or_else(|| {
        RenderErrorReason::Other(format!("the helper `{}` lacks its value", h.name()))
    })?;
    if param.is_value_missing() {
        return Err(RenderErrorReason::MissingVariable(param.relative_path().cloned()).into());
    }
    Ok(param.value())
}

fn text<'h>(h: &'h Helper<'_>, at: usize) -> Result<&'h str, RenderError> {
    value(h, at)?
        .as_str()
        .ok_or_else(|| refused("a helper that takes words was given something else"))
}

fn branch<'reg: 'rc, 'rc>(
    yes: bool,
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let taken = if yes { h.template() } else { h.inverse() };
    taken.map_or(Ok(()), |template| template.render(r, ctx, rc, out))
}

/// `{{#when flag}}…{{else}}…{{/when}}`: a yes or a no, and nothing else.
fn when<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let yes = value(h, 0)?.as_bool().ok_or_else(|| {
        refused(
            "`when` takes a yes or a no; for what may be absent there is `some`, for a list `any`",
        )
    })?;
    branch(yes, h, r, ctx, rc, out)
}

/// `{{#is value "word"}}…{{/is}}`.
fn is<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let yes = value(h, 0)? == value(h, 1)?;
    branch(yes, h, r, ctx, rc, out)
}

/// `{{#some value}}…{{else}}…{{/some}}`: whether what may be absent is there.
fn some<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let there = match value(h, 0)? {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    };
    branch(there, h, r, ctx, rc, out)
}

/// `{{#any list}}…{{else}}…{{/any}}`: whether a list has anything in it.
fn any<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let list = value(h, 0)?
        .as_array()
        .ok_or_else(|| refused("`any` takes a list"))?;
    branch(!list.is_empty(), h, r, ctx, rc, out)
}

/// `{{#case value}}{{#of "word"}}…{{/of}}{{else}}…{{/case}}`: the branch with that word. One must fit, or there must be an `else`.
fn case<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let word = text(h, 0)?;
    match h.template().and_then(|template| of(template, word)) {
        Some(template) => template.render(r, ctx, rc, out),
        None => match h.inverse() {
            Some(template) => template.render(r, ctx, rc, out),
            None => {
                Err(RenderErrorReason::Other(format!("`case` has no `of` for {word:?}")).into())
            }
        },
    }
}

fn of<'t>(template: &'t Template, word: &str) -> Option<&'t Template> {
    template.elements.iter().find_map(|element| {
        match element {
        TemplateElement::HelperBlock(block)
            if block.name.as_name() == Some("of")
                && block.params.iter().any(|param| {
                    matches!(param, Parameter::Literal(Value::String(said)) if said == word)
                }) =>
        {
            block.template.as_ref()
        }
        _ => None,
    }
    })
}

/// `{{prose text limit}}`: what people wrote, its lines kept, shortened to that many characters.
fn prose<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    _: Reg<'reg>,
    _: &'rc Context,
    _: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let limit = value(h, 1)?
        .as_u64()
        .and_then(|limit| usize::try_from(limit).ok())
        .ok_or_else(|| refused("`prose` takes words and a number of characters"))?;
    let mut said = String::new();
    hole(text(h, 0)?, limit, Lines::Kept, &mut said);
    out.write(&said)?;
    Ok(())
}

/// `{{raw value}}`: a value as JSON, for places that Slack does not read as markup, such as what an input already holds.
fn raw<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    _: Reg<'reg>,
    _: &'rc Context,
    _: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    out.write(&value(h, 0)?.to_string())?;
    Ok(())
}

/// `{{say "line/case"}}`: another template in this place, on the same context. Unlike `{{> …}}` it does not copy the context.
fn say<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let name = text(h, 0)?;
    let template = r
        .get_template(name)
        .ok_or_else(|| RenderErrorReason::PartialNotFound(name.to_owned()))?;
    let around = rc.get_current_template_name();
    let said = template.render(r, ctx, rc, out);
    rc.set_current_template_name(around);
    said
}

/// Where a frame keeps what it is put around.
const FRAMED: &str = "framed";

/// `{{#frame "part/short"}}…{{/frame}}`: another template around these lines, which say themselves there by `{{inside}}`.
fn frame<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let template = h
        .template()
        .ok_or(RenderErrorReason::BlockContentRequired)?;
    let mut lines = StringOutput::new();
    template.render(r, ctx, rc, &mut lines)?;
    let lines = lines
        .into_string()
        .map_err(|_| refused("a template is not text"))?;
    if let Some(block) = rc.block_mut() {
        block.set_local_var(FRAMED, Value::String(lines));
    }
    say(h, r, ctx, rc, out)
}

fn inside_frame(rc: &RenderContext<'_, '_>, out: &mut dyn Output) -> HelperResult {
    let lines = rc
        .block()
        .and_then(|block| block.get_local_var(FRAMED))
        .and_then(Value::as_str)
        .ok_or_else(|| refused("`inside` stands in no frame"))?;
    out.write(lines)?;
    Ok(())
}

/// `{{mention user}}` or `{{mention users "and"}}`: calls a person, or each of several.
fn mention<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    _: Reg<'reg>,
    _: &'rc Context,
    _: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let one = |user: &Value, out: &mut dyn Output| -> HelperResult {
        let user = user
            .as_str()
            .ok_or_else(|| refused("`mention` takes a person or a list of people"))?;
        // The program itself stands in the record as a person that no platform knows.
        if user.is_empty()
            || !user
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        {
            let mut said = String::new();
            hole(user, HOLE, Lines::Joined, &mut said);
            out.write(&said)?;
        } else {
            out.write("<@")?;
            out.write(user)?;
            out.write(">")?;
        }
        Ok(())
    };
    match value(h, 0)? {
        Value::Array(users) => {
            let joint = match h.param(1) {
                Some(word) => word.value().as_str().unwrap_or("and"),
                None => "and",
            };
            for (at, user) in users.iter().enumerate() {
                if at > 0 && at + 1 == users.len() {
                    out.write(" ")?;
                    out.write(joint)?;
                    out.write(" ")?;
                } else if at > 0 {
                    out.write(", ")?;
                }
                one(user, out)?;
            }
            Ok(())
        }
        user => one(user, out),
    }
}

fn inside<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    markup: bool,
) -> Result<String, RenderError> {
    let template = h
        .template()
        .ok_or(RenderErrorReason::BlockContentRequired)?;
    let mut lines = StringOutput::new();
    template.render(r, ctx, rc, &mut lines)?;
    let lines = lines
        .into_string()
        .map_err(|_| refused("a template is not text"))?;
    let mut said = String::with_capacity(lines.len() + 16);
    quoted(&lines, markup, &mut said);
    Ok(said)
}

/// `{{#quoted}}…{{/quoted}}`: its lines as a JSON string.
fn in_quotes<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let said = inside(h, r, ctx, rc, false)?;
    out.write("\"")?;
    out.write(&said)?;
    out.write("\"")?;
    Ok(())
}

/// `{{#mrkdwn}}…{{/mrkdwn}}`: its lines as a text object that Slack reads as markup.
fn mrkdwn<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let said = inside(h, r, ctx, rc, true)?;
    out.write(r#"{"type": "mrkdwn", "verbatim": true, "text": ""#)?;
    out.write(&said)?;
    out.write("\"}")?;
    Ok(())
}

/// `{{#plain}}…{{/plain}}`: its lines as a text object that Slack shows as it is.
fn plain<'reg: 'rc, 'rc>(
    h: &Helper<'rc>,
    r: Reg<'reg>,
    ctx: &'rc Context,
    rc: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let said = inside(h, r, ctx, rc, false)?;
    out.write(r#"{"type": "plain_text", "emoji": false, "text": ""#)?;
    out.write(&said)?;
    out.write("\"}")?;
    Ok(())
}
