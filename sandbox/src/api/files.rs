//! `files.*`, the way of uploading since 2024: ask for a URL, send the bytes, say that they are there.

use super::{Answer, Ctx, Refusal};
use serde_json::{Value, json};

pub(super) fn upload_url(ctx: &mut Ctx<'_>) -> Answer {
    let (Some(name), Some(_)) = (ctx.args.str("filename"), ctx.args.number("length")) else {
        return Err(Refusal::because(
            "invalid_arguments",
            &["[ERROR] filename and length are required".to_owned()],
        ));
    };
    let id = ctx.state.id("F");
    ctx.state.files.insert(id.clone(), (name.to_owned(), 0));
    Ok(json!({"ok": true, "upload_url": format!("{}/upload/{id}", ctx.base), "file_id": id}))
}

pub(super) fn complete(ctx: &mut Ctx<'_>) -> Answer {
    let files = ctx
        .args
        .get("files")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if files.is_empty() {
        return Err(Refusal::because(
            "invalid_arguments",
            &["[ERROR] missing required field: files".to_owned()],
        ));
    }
    let mut done = Vec::new();
    for file in &files {
        let id = file["id"].as_str().unwrap_or_default();
        let (name, size) = ctx
            .state
            .files
            .get(id)
            .cloned()
            .ok_or_else(|| Refusal::new("file_not_found"))?;
        done.push(json!({"id": id, "title": file["title"].as_str().unwrap_or(&name), "name": name, "size": size}));
    }
    if ctx.args.str("channel_id").is_some() {
        let titles: Vec<&str> = done
            .iter()
            .filter_map(|file| file["title"].as_str())
            .collect();
        let comment = ctx.args.str("initial_comment").unwrap_or_default();
        let text = format!(
            "{comment}\n{}",
            titles
                .iter()
                .map(|title| format!("[file] {title}"))
                .collect::<Vec<_>>()
                .join("\n")
        );
        super::chat::share(ctx, "channel_id", text.trim())?;
    }
    Ok(json!({"ok": true, "files": done}))
}
