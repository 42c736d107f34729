//! Who the caller is.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Caller, Read};
use crate::error::ApiError;

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Me {
    /// Name of the member.
    name: String,
    /// Mail address of the member.
    email: String,
    /// The member's role.
    role: String,
    /// Duties beside the role.
    duties: Vec<String>,
    /// The workspace.
    workspace: Space,
    /// Scopes of the token; absent for a session.
    scopes: Option<Vec<String>>,
}

/// A workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Space {
    /// Its short name.
    slug: String,
    /// Its name.
    name: String,
    /// Its time zone.
    time_zone: String,
}

/// Who am I, and what may I do?
#[utoipa::path(get, path = "/me", tag = "access", security(("token" = ["read"])), responses((status = 200, body = Me), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn me(caller: Caller<Read>) -> Result<Json<Me>, ApiError> {
    let actor = caller.actor;
    Ok(Json(Me {
        name: actor.user.name,
        email: actor.user.email,
        role: actor.member.role.to_string(),
        duties: actor
            .member
            .duties
            .iter()
            .map(ToString::to_string)
            .collect(),
        workspace: Space {
            slug: actor.workspace.slug,
            name: actor.workspace.name,
            time_zone: actor.workspace.settings.time_zone,
        },
        scopes: actor.scopes,
    }))
}
