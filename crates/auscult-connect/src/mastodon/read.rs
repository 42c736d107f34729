//! Single posts: where they are, whether they still are, and what is around them.

use serde_json::Value;

use super::api::Api;
use super::id;
use super::wire::{self, Above, Context, Status};
use crate::contract::{ConnectError, Fetched, InboundPost};
use crate::egress::{Address, Method};

/// What became of a post.
pub(super) enum Located {
    /// It is there, with its local id.
    There(Box<(Status, Value)>),
    /// Its own server says it is gone.
    Gone,
    /// Nobody can tell.
    Unclear,
}

/// Looks for a post by its id everywhere.
pub(super) async fn locate(api: &Api, uri: &str) -> Result<Located, ConnectError> {
    let Ok(address) = Address::parse(uri) else {
        return Ok(Located::Unclear);
    };
    let is_ours = address.origin() == api.origin().origin();
    let last = address
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .unwrap_or_default();
    if is_ours && !last.is_empty() {
        let found = by_local_id(api, last).await?;
        if let Some(found) = found.filter(|found| found.0.name() == uri) {
            return Ok(Located::There(Box::new(found)));
        }
    }
    if !api.cx.account.secret.expose().is_empty() {
        let found = by_search(api, uri).await?;
        if let Some(found) = found {
            return Ok(Located::There(Box::new(found)));
        }
    }
    at_its_origin(api, uri).await
}

async fn by_local_id(api: &Api, id: &str) -> Result<Option<(Status, Value)>, ConnectError> {
    match api
        .get::<Value>(&format!("/api/v1/statuses/{id}"), &[])
        .await
    {
        Ok(value) => Ok(wire::status(&value, id).ok().map(|status| (status, value))),
        Err(ConnectError::Gone(_) | ConnectError::Broken(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn by_search(api: &Api, uri: &str) -> Result<Option<(Status, Value)>, ConnectError> {
    let query = [
        ("q", uri.to_owned()),
        ("type", "statuses".to_owned()),
        ("resolve", "true".to_owned()),
        ("limit", "5".to_owned()),
    ];
    let body: Value = match api.get("/api/v2/search", &query).await {
        Ok(body) => body,
        Err(ConnectError::Gone(_) | ConnectError::Broken(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let found = body
        .get("statuses")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let read = found
        .into_iter()
        .filter_map(|value| wire::status(&value, uri).ok().map(|status| (status, value)));
    Ok(read.into_iter().find(|(status, _)| status.name() == uri))
}

/// Only the server a post came from can say that it is gone: that ours does not have it proves nothing.
async fn at_its_origin(api: &Api, uri: &str) -> Result<Located, ConnectError> {
    let request = api
        .cx
        .egress
        .request(Method::GET, uri)
        .header("accept", "application/activity+json");
    match request.send().await {
        Ok(response) if matches!(response.status.as_u16(), 404 | 410) => Ok(Located::Gone),
        Ok(_) | Err(_) => Ok(Located::Unclear),
    }
}

/// Looks again at posts we have. A post of which nobody can tell is left out.
pub(super) async fn fetch(api: &Api, ids: &[String]) -> Result<Vec<Fetched>, ConnectError> {
    let lens = api.lens();
    let mut fetched = Vec::with_capacity(ids.len());
    for uri in ids {
        match locate(api, uri).await? {
            Located::There(found) => {
                let (status, value) = *found;
                let mut threads = super::poll::Threads::new(api, 1);
                let above = threads.above(&status).await?;
                fetched.push(Fetched::There(Box::new(
                    status.inbound(&value, &lens, above),
                )));
            }
            Located::Gone => fetched.push(Fetched::Gone {
                external_id: uri.clone(),
            }),
            Located::Unclear => {}
        }
    }
    Ok(fetched)
}

/// The thread around a post, oldest first.
pub(super) async fn thread(api: &Api, uri: &str) -> Result<Vec<InboundPost>, ConnectError> {
    let found = match locate(api, uri).await? {
        Located::There(found) => found,
        Located::Gone => return Err(ConnectError::Gone("the post is no longer there".to_owned())),
        Located::Unclear => {
            return Err(ConnectError::Gone(
                "the server does not have this post".to_owned(),
            ));
        }
    };
    let context: Context = api
        .get(&format!("/api/v1/statuses/{}/context", found.0.id), &[])
        .await?;
    let around = context
        .ancestors
        .into_iter()
        .map(Some)
        .chain([None])
        .chain(context.descendants.into_iter().map(Some));
    let mut statuses: Vec<(Status, Value)> = Vec::new();
    for value in around.take(5_000) {
        match value {
            None => statuses.push((*found).clone()),
            Some(value) => statuses.extend(
                wire::status(&value, "thread")
                    .ok()
                    .map(|status| (status, value)),
            ),
        }
    }
    let root = statuses.first().map(|(status, _)| status.name());
    let lens = api.lens();
    let mut posts = Vec::with_capacity(statuses.len());
    for (status, value) in &statuses {
        let parent = status
            .in_reply_to_id
            .as_ref()
            .and_then(|id| statuses.iter().find(|(above, _)| above.id == *id));
        let parent = parent.map(|(above, _)| above.as_parent(&api.host()));
        let above = Above {
            root: root.clone(),
            parent,
        };
        posts.push((status.id.clone(), status.inbound(value, &lens, above)));
    }
    posts.sort_by(|(one_id, one), (other_id, other)| {
        one.posted_at
            .cmp(&other.posted_at)
            .then_with(|| id::compare(one_id, other_id))
    });
    Ok(posts.into_iter().map(|(_, post)| post).collect())
}
