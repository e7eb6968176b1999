//! The one listener: Web API, sockets, `response_url`s, uploads, control API, page.

use crate::workspace::Workspace;
use crate::{api, control, delivery, page, response_url};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) fn serve(workspace: Workspace, listener: TcpListener) -> JoinHandle<()> {
    let router = Router::new()
        .route("/api/{method}", any(api::handle))
        .route("/link/", get(delivery::socket::handle))
        .route("/hooks/{*rest}", post(response_url::handle))
        .route("/upload/{file}", any(upload))
        .merge(
            Router::new()
                .nest("/sandbox", control::routes())
                .merge(page::routes())
                .layer(middleware::from_fn(page::by_own_name))
                .layer(middleware::from_fn_with_state(
                    workspace.clone(),
                    page::while_it_listens,
                )),
        )
        .layer(DefaultBodyLimit::max(8 << 20))
        .with_state(workspace);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the sandbox stopped listening");
        }
    })
}

/// Takes the bytes of a file that `files.getUploadURLExternal` announced.
async fn upload(
    State(workspace): State<Workspace>,
    Path(file): Path<String>,
    body: Bytes,
) -> Response {
    let size = body.len();
    let known = workspace.change(|state| {
        state
            .files
            .get_mut(&file)
            .map(|entry| entry.1 = size)
            .is_some()
    });
    if known {
        format!("OK - {size}").into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}
