//! The web server: the routes of all capabilities on a listener, until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use auscult_app::app::App;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::pages::{self, Site};
use crate::router::{self, Web};

/// Serves until `stop`; open answers are finished first.
///
/// # Errors
/// Whatever the listener says.
pub async fn serve(
    app: App,
    listener: TcpListener,
    https: bool,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let web = Web::load(Arc::clone(&app.clock), Arc::clone(&app.entropy), https);
    let routes = router::around(web.clone(), pages::routes(Site { app, web }));
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await
}
