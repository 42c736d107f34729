//! Who comments, how people speak of topics, and whether complaints have a visible answer.

use auscult_model::measure::{Estimate, net_share};
use auscult_model::member::Viewer;
use auscult_store::measure::{self as rows, TopicMood};
use auscult_store::Conn;
use jiff::Timestamp;

use super::{FEW, PEOPLE, people};
use crate::error::AppError;

/// A topic is spoken of well from this polarity on, badly from its negative on.
const FELT: f64 = 0.1;

pub(super) async fn estimates(conn: &mut Conn, viewer: &Viewer, from: Timestamp, to: Timestamp) -> Result<Vec<Estimate>, AppError> {
    let comments = rows::comments(conn, viewer, from, to).await?;
    let mut all = vec![outsiders(comments)];
    for mood in rows::topic_moods(conn, viewer, (from, to), FELT).await? {
        all.push(net(&mood));
    }
    let (answered, complaints) = rows::complaints(conn, viewer, from, to).await?;
    all.push(Estimate::share("tr.visible_answer", count(answered), count(complaints), FEW));
    let decisions = rows::decisions(conn, viewer, from, to).await?;
    let of = |kind: &str| decisions.iter().find(|(name, _)| name == kind).map_or(0, |(_, times)| count(*times));
    let (blocked, sent) = (of("blocked"), of("sent"));
    all.push(Estimate::share("tr.guard_block", blocked, blocked + sent, FEW));
    Ok(all)
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}

/// A share of comments that rests on the number of people who wrote them.
fn outsiders(comments: rows::Comments) -> Estimate {
    let whole = count(comments.outside + comments.staff);
    if count(comments.people) < PEOPLE {
        return people("qa.outsider_share", 0, count(comments.people));
    }
    Estimate::share("qa.outsider_share", count(comments.outside), whole, PEOPLE)
}

/// Positive minus negative share; below thirty posts it is not yet decidable.
fn net(mood: &TopicMood) -> Estimate {
    let id = if mood.topic.is_empty() { "in.net_sentiment".to_owned() } else { format!("in.topic_net.{}", mood.topic) };
    let (positive, negative, posts) = (count(mood.positive), count(mood.negative), count(mood.posts));
    let mut estimate = Estimate::empty(&id, "net_share", posts);
    if posts < FEW {
        return estimate;
    }
    estimate.numerator = Some(positive as f64 - negative as f64);
    estimate.denominator = Some(posts as f64);
    if let Some(interval) = net_share(positive, negative, posts) {
        estimate.fill(interval);
    }
    estimate
}
