//! What leaves: answers and posts, read back when nobody knows what became of them, and taken down again.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::api::Api;
use super::count::whole_text;
use super::read::{Located, locate};
use super::wire::{self, Context, OwnAccount, ReplyTo, Status};
use super::{Software, id, instance, software};
use crate::contract::{ConnectError, Cx, Media, Reconciled, SendError, SendJob, Sent};
use crate::egress::{Method, Response};

/// Clocks may differ by this much when we look for what we sent.
const MARGIN: SignedDuration = SignedDuration::from_secs(120);
/// Pages read back at most.
const PAGES: usize = 10;
/// How often a picture is asked for while the server works on it.
const MEDIA_LOOKS: usize = 30;

/// What a job answers.
pub(super) fn target(reply_to: &str) -> Option<ReplyTo> {
    serde_json::from_str(reply_to).ok()
}

fn not_now(error: ConnectError) -> SendError {
    match error {
        ConnectError::Retry { at, message } => SendError::NotNow { at, message },
        ConnectError::AccessEnded(message) => SendError::AccessEnded(message),
        ConnectError::Gone(message)
        | ConnectError::Broken(message)
        | ConnectError::Settings(message) => SendError::NotNow { at: None, message },
        ConnectError::NotOffered(what) => SendError::Refused(format!("{what} is not offered here")),
    }
}

pub(super) async fn send(cx: &Cx, job: &SendJob) -> Result<Sent, SendError> {
    let api = Api::new(cx).map_err(not_now)?;
    let target = match job.reply_to.as_deref() {
        None => None,
        Some(text) => Some(
            target(text)
                .ok_or_else(|| SendError::Refused("what it answers cannot be read".to_owned()))?,
        ),
    };
    if job.private && target.is_none() && job.mention.is_none() {
        return Err(SendError::Refused(
            "a private answer needs somebody it goes to".to_owned(),
        ));
    }
    if let Some(target) = &target {
        look_at_target(&api, target).await?;
    }
    let mut media = Vec::with_capacity(job.media.len());
    for picture in &job.media {
        media.push(upload(&api, picture).await?);
    }
    let mut body = json!({
        "status": text_of(&api, job, target.as_ref()),
        "visibility": visibility(&api, job, target.as_ref()),
    });
    if let Some(map) = body.as_object_mut() {
        if let Some(target) = &target {
            map.insert("in_reply_to_id".to_owned(), Value::from(target.id.clone()));
        }
        if !job.lang.is_empty() && job.lang != "und" {
            map.insert("language".to_owned(), Value::from(job.lang.clone()));
        }
        if !media.is_empty() {
            map.insert("media_ids".to_owned(), Value::from(media));
        }
    }
    let request = api
        .request(Method::POST, "/api/v1/statuses")
        .json(&body)
        .header("idempotency-key", &job.key);
    let response = request.send().await?;
    if let Some(error) = api.refusal(&response, target.is_some()) {
        return Err(error);
    }
    sent(&api, &response)
}

fn sent(api: &Api, response: &Response) -> Result<Sent, SendError> {
    let unclear = || {
        SendError::Unknown(format!(
            "the answer of {} does not say what it published",
            api.host()
        ))
    };
    let value: Value = serde_json::from_slice(&response.bytes).map_err(|_unreadable| unclear())?;
    let status = wire::status(&value, "sent").map_err(|_broken| unclear())?;
    Ok(Sent {
        external_id: status.name(),
        url: status.url.or(Some(status.uri)),
    })
}

/// Some servers publish an answer to nothing as a post of its own, so we look first.
async fn look_at_target(api: &Api, target: &ReplyTo) -> Result<(), SendError> {
    match api
        .get::<Value>(&format!("/api/v1/statuses/{}", target.id), &[])
        .await
    {
        Ok(_) => Ok(()),
        Err(ConnectError::Gone(_)) => Err(SendError::TargetGone(
            "the post that is answered is no longer there".to_owned(),
        )),
        Err(error) => Err(not_now(error)),
    }
}

fn text_of(api: &Api, job: &SendJob, target: Option<&ReplyTo>) -> String {
    let lens = api.lens();
    let acct = target.map(|target| target.acct.as_str());
    let is_own = acct.is_some_and(|acct| {
        wire::whole_handle(acct, None, &lens.host).eq_ignore_ascii_case(&lens.own_handle)
    });
    whole_text(job, acct.filter(|_| !is_own))
}

/// Never more public than what is answered.
fn visibility(api: &Api, job: &SendJob, target: Option<&ReplyTo>) -> String {
    if job.private {
        return "direct".to_owned();
    }
    let above = target.map(|target| target.visibility.as_str());
    let wanted = api
        .cx
        .account
        .config
        .get("visibility")
        .and_then(Value::as_str)
        .filter(|word| *word == "unlisted");
    match (above, wanted) {
        (Some(above @ ("direct" | "private" | "unlisted")), _) => above.to_owned(),
        (_, Some(wanted)) => wanted.to_owned(),
        (_, None) => "public".to_owned(),
    }
}

/// Brings a picture to the server; nothing is published by this.
async fn upload(api: &Api, media: &Media) -> Result<String, SendError> {
    let boundary = boundary(&media.bytes);
    let body = multipart(media, &boundary);
    let media_type = format!("multipart/form-data; boundary={boundary}");
    let mut response = None;
    for path in ["/api/v2/media", "/api/v1/media"] {
        let request = api
            .request(Method::POST, path)
            .body(body.clone(), &media_type)
            .timeout(Duration::from_mins(2));
        let answered = request
            .send()
            .await
            .map_err(|error| not_now(error.into()))?;
        let is_unknown = matches!(answered.status.as_u16(), 404 | 405);
        response = Some(answered);
        if !is_unknown {
            break;
        }
    }
    let Some(response) = response else {
        return Err(SendError::Refused(
            "this server takes no pictures".to_owned(),
        ));
    };
    match api.refusal(&response, false) {
        Some(SendError::Unknown(message)) => return Err(SendError::NotNow { at: None, message }),
        Some(error) => return Err(error),
        None => {}
    }
    let value: Value = response.json().map_err(not_now)?;
    let id = match value.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(id @ Value::Number(_)) => id.to_string(),
        _ => {
            return Err(SendError::NotNow {
                at: None,
                message: "the server did not name the picture".to_owned(),
            });
        }
    };
    if response.status.as_u16() == 202 {
        wait_for(api, &id).await?;
    }
    Ok(id)
}

async fn wait_for(api: &Api, id: &str) -> Result<(), SendError> {
    for _ in 0..MEDIA_LOOKS {
        let request = api.request(Method::GET, &format!("/api/v1/media/{id}"));
        let response = request
            .send()
            .await
            .map_err(|error| not_now(error.into()))?;
        match response.status.as_u16() {
            200 => return Ok(()),
            206 => tokio::time::sleep(Duration::from_secs(1)).await,
            _ => {
                return Err(SendError::Refused(format!(
                    "the server cannot use the picture: {}",
                    api.words(&response)
                )));
            }
        }
    }
    Err(SendError::NotNow {
        at: None,
        message: "the server is still working on the picture".to_owned(),
    })
}

/// A text that does not occur in the bytes.
fn boundary(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    format!(
        "auscult-{}",
        data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
    )
}

fn multipart(media: &Media, boundary: &str) -> Vec<u8> {
    let extension = media
        .media_type
        .rsplit('/')
        .next()
        .filter(|word| word.chars().all(char::is_alphanumeric))
        .unwrap_or("bin");
    let media_type: String = media
        .media_type
        .chars()
        .filter(char::is_ascii_graphic)
        .collect();
    let mut body = Vec::with_capacity(media.bytes.len() + 1024);
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"description\"\r\n\r\n{}\r\n--{boundary}\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"picture.{extension}\"\r\ncontent-type: {media_type}\r\n\r\n",
        media.alt
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(&media.bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}

/// Reads own posts back until before the job was made.
pub(super) async fn reconcile(api: &Api, job: &SendJob) -> Result<Reconciled, ConnectError> {
    let target = job.reply_to.as_deref().and_then(target);
    let wanted = Wanted {
        words: skeleton(&text_of(api, job, target.as_ref())),
        from: job.created_at.checked_sub(MARGIN).unwrap_or(job.created_at),
        target: target.as_ref(),
    };
    let own_id = match api.cx.account.external_id.as_str() {
        "" => {
            api.get::<OwnAccount>("/api/v1/accounts/verify_credentials", &[])
                .await?
                .id
        }
        known => known.to_owned(),
    };
    let (found, is_complete) = read_back(api, &own_id, &wanted).await?;
    if let Some(sent) = found {
        return Ok(Reconciled::Found(sent));
    }
    if let Some(target) = &target
        && let Some(sent) = below_target(api, &own_id, target, &wanted).await?
    {
        return Ok(Reconciled::Found(sent));
    }
    if !is_complete {
        return Ok(Reconciled::Undecided(
            "too much was published since to read back to that moment".to_owned(),
        ));
    }
    if job.private && software(&instance(api).await?.0.version) != Software::Mastodon {
        return Ok(Reconciled::Undecided(
            "this server does not surely show private answers when read back".to_owned(),
        ));
    }
    Ok(Reconciled::NotFound)
}

/// What is looked for.
struct Wanted<'a> {
    words: String,
    from: jiff::Timestamp,
    target: Option<&'a ReplyTo>,
}

impl Wanted<'_> {
    fn is(&self, status: &Status) -> bool {
        let is_recent = status.written_at().is_none_or(|at| at >= self.from);
        let is_there = match (&status.in_reply_to_id, self.target) {
            (Some(id), Some(target)) => *id == target.id,
            (Some(_), None) => false,
            (None, _) => true,
        };
        is_recent && is_there && skeleton(&status.plain()) == self.words
    }
}

async fn read_back(
    api: &Api,
    own_id: &str,
    wanted: &Wanted<'_>,
) -> Result<(Option<Sent>, bool), ConnectError> {
    const LIMIT: usize = 40;
    let mut older: Option<String> = None;
    for _ in 0..PAGES {
        let mut query = vec![("limit", LIMIT.to_string())];
        query.extend(older.clone().map(|max_id| ("max_id", max_id)));
        let response = api
            .answer(&format!("/api/v1/accounts/{own_id}/statuses"), &query)
            .await?;
        let links = id::links(response.header("link"));
        let page: Vec<Value> = response.json()?;
        let statuses: Vec<Status> = page
            .iter()
            .filter_map(|value| wire::status(value, "own post").ok())
            .collect();
        if let Some(status) = statuses.iter().find(|status| wanted.is(status)) {
            return Ok((Some(named(status)), true));
        }
        let is_past = statuses
            .iter()
            .any(|status| status.written_at().is_some_and(|at| at < wanted.from));
        let oldest = links
            .older
            .or_else(|| statuses.last().map(|status| status.id.clone()));
        let is_stuck = oldest.is_none() || oldest == older;
        if is_past || page.len() < LIMIT {
            return Ok((None, true));
        }
        if is_stuck {
            break;
        }
        older = oldest;
    }
    Ok((None, false))
}

async fn below_target(
    api: &Api,
    own_id: &str,
    target: &ReplyTo,
    wanted: &Wanted<'_>,
) -> Result<Option<Sent>, ConnectError> {
    let asked = api
        .get::<Context>(&format!("/api/v1/statuses/{}/context", target.id), &[])
        .await;
    let context = match asked {
        Ok(context) => context,
        Err(ConnectError::Gone(_) | ConnectError::Broken(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut lens = api.lens();
    own_id.clone_into(&mut lens.own_id);
    let statuses = context
        .descendants
        .iter()
        .filter_map(|value| wire::status(value, "answer").ok());
    Ok(statuses
        .into_iter()
        .find(|status| status.is_own(&lens) && wanted.is(status))
        .map(|status| named(&status)))
}

fn named(status: &Status) -> Sent {
    Sent {
        external_id: status.name(),
        url: status.url.clone(),
    }
}

/// The letters and digits of a text without its mentions: what survives any server's way of showing it.
fn skeleton(text: &str) -> String {
    let words = text
        .split_whitespace()
        .filter(|word| !word.starts_with('@'));
    let all: String = words.collect();
    let letters: String = all
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if letters.is_empty() { all } else { letters }
}

/// Takes a post down. One that is gone is fine.
pub(super) async fn withdraw(api: &Api, uri: &str) -> Result<(), ConnectError> {
    let status = match locate(api, uri).await? {
        Located::There(found) => found.0,
        Located::Gone => return Ok(()),
        Located::Unclear => {
            return Err(ConnectError::Retry {
                at: None,
                message: "the server cannot say whether the post is still there".to_owned(),
            });
        }
    };
    let response = api
        .request(Method::DELETE, &format!("/api/v1/statuses/{}", status.id))
        .send()
        .await?;
    match response.status.as_u16() {
        404 | 405 | 501 => Err(ConnectError::NotOffered("taking a post down")),
        _ => api.good(response).map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_back_is_known_again_however_it_is_shown() {
        let sent = skeleton(
            "@ana@social.example We are *sorry*. Call 01 555 0100: https://a.example/x?y=1",
        );
        let shown = skeleton("@ana We are sorry. Call 01\u{a0}555 0100: https://a.example/x?y=1");
        assert_eq!(sent, shown);
        assert_ne!(skeleton("Thank you"), skeleton("Thank you all"));
        assert_eq!(skeleton("@a \u{1F642}"), "\u{1F642}");
    }

    #[test]
    fn a_picture_goes_with_its_words() {
        let media = Media {
            media_type: "image/png".into(),
            bytes: vec![1, 2, 3],
            alt: "A ward".into(),
        };
        let body = String::from_utf8(multipart(&media, "b")).unwrap();
        assert!(
            body.contains("name=\"description\"\r\n\r\nA ward\r\n")
                && body.ends_with("\r\n--b--\r\n")
        );
        assert!(body.contains("filename=\"picture.png\""));
    }
}
