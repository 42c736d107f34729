//! Ninety days of invented posts and answers, always the same for the same seed and end.

use auscult_model::post::{Author, Post, PostKind};
use jiff::{SignedDuration, Timestamp};

use super::book::{Book, Source};

/// How many days the example looks back.
pub const DAYS: i64 = 90;

/// A small deterministic generator (SplitMix64, Steele, Lea and Flood 2014): the story needs variety, not secrecy.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A generator that always gives the same row for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 when the limit is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.roll().checked_rem(limit).unwrap_or(0)
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(items.len() as u64);
        items.get(usize::try_from(index).unwrap_or(0))
    }
}

/// Who takes a turn in a conversation of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person who wrote.
    Person,
    /// A colleague, by place in the member list.
    Member(usize),
    /// A colleague's note, by place in the member list.
    Note(usize),
}

/// One turn after the first post.
#[derive(Debug, Clone)]
pub struct Turn {
    /// Who.
    pub side: Side,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// A post of the story and what came of it.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The post.
    pub post: Post,
    /// When it was written.
    pub at: Timestamp,
    /// Whether it becomes a conversation.
    pub conversation: bool,
    /// The theme of the question, if it is one.
    pub theme: Option<String>,
    /// What followed, in order of time.
    pub turns: Vec<Turn>,
    /// Whether the conversation is finished.
    pub resolved: bool,
}

/// What a post is about, before it is set in a place and a voice.
struct Seedling<'a> {
    text: &'a str,
    title: Option<&'a str>,
    reply: Option<&'static str>,
    stars: Option<f64>,
    theme: Option<&'a str>,
    source: Option<&'static str>,
}

/// Writes the story that ends at `end`.
pub fn write(book: &Book, seed: u64, end: Timestamp) -> Vec<Scene> {
    let mut dice = Dice::new(seed);
    let mut scenes = Vec::new();
    for days_back in (0..DAYS).rev() {
        let posts = 7 + dice.below(8) + u64::from(days_back % 7 == 1) * 3;
        for _ in 0..posts {
            let minute = i64::try_from(dice.below(17 * 60)).unwrap_or(0);
            let at = end
                - SignedDuration::from_hours(24 * days_back)
                - SignedDuration::from_mins(minute + 3);
            if let Some(scene) = scene(book, &mut dice, at, end, scenes.len()) {
                scenes.push(scene);
            }
        }
    }
    scenes.sort_by_key(|scene| scene.at);
    scenes
}

fn scene(
    book: &Book,
    dice: &mut Dice,
    at: Timestamp,
    end: Timestamp,
    number: usize,
) -> Option<Scene> {
    let seedling = seedling(book, dice)?;
    let place = dice.pick(&book.places)?.name.clone();
    let text = fill(book, dice, seedling.text, &place);
    let source = match seedling.source {
        Some(name) => book.sources.iter().find(|source| source.source == name)?,
        None => source(book, dice)?,
    };
    let handle = dice.pick(&book.people)?.clone();
    let stars = seedling.stars.filter(|_| source.kind == "review");
    let post = Post {
        id: format!("https://{}/st-brigids/{number}", source.site),
        source: Some(source.source.clone()),
        site: Some(source.site.clone()),
        kind: PostKind::parse(&source.kind),
        title: seedling.title.map(str::to_owned),
        text: Some(text),
        author: Some(Author {
            id: Some(format!("{}:{handle}", source.site)),
            handle: Some(handle.clone()),
            name: Some(handle),
            followers: Some(number_of(dice.below(900))),
            ..Author::default()
        }),
        url: Some(format!("https://{}/st-brigids/{number}", source.site)),
        lang: Some("en".to_owned()),
        created_at: Some(at.to_string()),
        country: Some("IE".to_owned()),
        city: (source.kind == "review").then_some(place),
        stars,
        likes: Some(number_of(dice.below(12))),
        replies: Some(number_of(dice.below(4))),
        ..Post::default()
    };
    let turns = seedling
        .reply
        .map_or_else(Vec::new, |kind| turns(book, dice, kind, at, end));
    let answered = turns
        .iter()
        .any(|turn| matches!(turn.side, Side::Member(_)));
    let last_is_ours = turns
        .iter()
        .rev()
        .find(|turn| !matches!(turn.side, Side::Note(_)))
        .is_some_and(|turn| matches!(turn.side, Side::Member(_)));
    let resolved = answered && last_is_ours && dice.chance(80);
    Some(Scene {
        post,
        at,
        conversation: seedling.reply.is_some(),
        theme: seedling.theme.map(str::to_owned),
        turns,
        resolved,
    })
}

/// What is written, and how often: mostly moods about care, then questions, now and then something grave.
fn seedling<'a>(book: &'a Book, dice: &mut Dice) -> Option<Seedling<'a>> {
    let plain = |text: &'a str, reply| Seedling {
        text,
        title: None,
        reply,
        stars: None,
        theme: None,
        source: None,
    };
    Some(match dice.below(100) {
        0..=57 => {
            let frame = dice.pick(&book.frames)?;
            let text = dice.pick(&frame.x)?;
            let stars = number_of(if frame.p > 0 {
                4 + dice.below(2)
            } else {
                1 + dice.below(2)
            });
            let wants_answer = frame.p < 0 || dice.chance(30);
            let reply = wants_answer.then_some(if frame.p < 0 { "complaint" } else { "praise" });
            Seedling {
                stars: Some(stars),
                ..plain(text, reply)
            }
        }
        58..=77 => {
            let question = dice.pick(&book.questions)?;
            Seedling {
                theme: Some(&question.q),
                ..plain(dice.pick(&question.x)?, Some("question"))
            }
        }
        78..=83 => {
            let review = dice.pick(&book.long_reviews)?;
            let reply = if review.p < 0 { "complaint" } else { "praise" };
            Seedling {
                stars: Some(review.stars),
                source: Some("google"),
                ..plain(&review.x, Some(reply))
            }
        }
        84..=88 => plain(dice.pick(&book.recommend)?, None),
        89..=92 => {
            let item = dice.pick(&book.news)?;
            Seedling {
                title: Some(&item.h),
                source: Some("feed"),
                ..plain(&item.x, None)
            }
        }
        93..=95 => plain(dice.pick(&book.jobs)?, None),
        96 => plain(dice.pick(&book.safety)?, Some("complaint")),
        97 => plain(dice.pick(&book.adverse)?, Some("complaint")),
        98 => plain(dice.pick(&book.privacy)?, Some("complaint")),
        _ => plain(dice.pick(&book.crisis)?, Some("crisis")),
    })
}

fn source<'a>(book: &'a Book, dice: &mut Dice) -> Option<&'a Source> {
    let usable: Vec<&Source> = book
        .sources
        .iter()
        .filter(|source| source.kind != "article")
        .collect();
    let total: u64 = usable.iter().map(|source| source.weight).sum();
    let mut left = dice.below(total);
    for candidate in usable {
        if left < candidate.weight {
            return Some(candidate);
        }
        left -= candidate.weight;
    }
    None
}

/// Fills the slots of a text.
fn fill(book: &Book, dice: &mut Dice, text: &str, place: &str) -> String {
    let mut filled = text.replace("{place}", place);
    for (slot, words) in &book.slots {
        let mark = format!("{{{slot}}}");
        while let Some(before) = filled.find(&mark) {
            let Some(word) = dice.pick(words) else { break };
            filled.replace_range(before..before + mark.len(), word);
        }
    }
    if let Some(clinician) = dice.pick(&book.clinicians) {
        filled = filled.replace("{staff}", clinician);
    }
    let mut letters = filled.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What followed a post: an answer (or not yet), thanks or a second question, a note among colleagues.
fn turns(book: &Book, dice: &mut Dice, kind: &str, at: Timestamp, end: Timestamp) -> Vec<Turn> {
    let mut turns = Vec::new();
    // The newest wait for a human, as in life; one in nine older ones was missed.
    let age = end.duration_since(at).as_hours();
    if kind == "crisis" || age < 6 || (age < 48 && dice.chance(40)) || dice.chance(11) {
        return turns;
    }
    let member = usize::try_from(dice.below(3)).unwrap_or(0) + usize::from(dice.chance(20));
    let mut clock = at + SignedDuration::from_mins(minutes(dice, 20, 540));
    let name = book
        .members
        .get(member)
        .map_or("", |found| found.name.as_str());
    let first_name = name.split(' ').next().unwrap_or(name);
    if dice.chance(18)
        && let Some(note) = dice.pick(&book.notes)
    {
        let text = fill(book, dice, note, "");
        turns.push(Turn {
            side: Side::Note(member),
            at: clock,
            text,
        });
        clock += SignedDuration::from_mins(minutes(dice, 5, 40));
    }
    if let Some(reply) = book
        .replies
        .get(kind)
        .and_then(|replies| dice.pick(replies))
    {
        turns.push(Turn {
            side: Side::Member(member),
            at: clock,
            text: reply.replace("{me}", first_name),
        });
    }
    if dice.chance(45) {
        let follow_up = if kind == "complaint" {
            ["more", "moved"][usize::from(dice.chance(60))]
        } else {
            "thanks"
        };
        clock += SignedDuration::from_mins(minutes(dice, 30, 900));
        if let Some(text) = book
            .followups
            .get(follow_up)
            .and_then(|texts| dice.pick(texts))
        {
            let text = fill(book, dice, text, "").replace("{staff_name}", first_name);
            turns.push(Turn {
                side: Side::Person,
                at: clock,
                text,
            });
        }
        if follow_up == "more" && dice.chance(70) {
            clock += SignedDuration::from_mins(minutes(dice, 20, 300));
            if let Some(reply) = book
                .replies
                .get("complaint")
                .and_then(|replies| dice.pick(replies))
            {
                turns.push(Turn {
                    side: Side::Member(member),
                    at: clock,
                    text: reply.replace("{me}", first_name),
                });
            }
        }
    }
    turns.retain(|turn| turn.at < end);
    turns
}

fn minutes(dice: &mut Dice, low: u64, high: u64) -> i64 {
    i64::try_from(low + dice.below(high - low)).unwrap_or(0)
}

fn number_of(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let book = Book::embedded().unwrap();
        let end: Timestamp = "2026-11-20T16:00:00Z".parse().unwrap();
        let first = write(&book, 7, end);
        let again = write(&book, 7, end);
        assert!(first.len() > 600, "{} scenes", first.len());
        assert_eq!(first.len(), again.len());
        assert!(
            first
                .iter()
                .zip(&again)
                .all(|(one, other)| one.post == other.post)
        );
        assert_ne!(
            write(&book, 8, end)
                .first()
                .map(|scene| scene.post.text.clone()),
            first.first().map(|scene| scene.post.text.clone())
        );
    }

    #[test]
    fn no_slot_is_left_open_and_nothing_lies_in_the_future() {
        let book = Book::embedded().unwrap();
        let end: Timestamp = "2026-11-20T16:00:00Z".parse().unwrap();
        for scene in write(&book, 3, end) {
            let text = scene.post.text.unwrap_or_default();
            assert!(!text.contains('{'), "{text}");
            assert!(scene.at < end);
            assert!(
                scene
                    .turns
                    .iter()
                    .all(|turn| turn.at < end && turn.at > scene.at && !turn.text.contains('{'))
            );
        }
    }
}
