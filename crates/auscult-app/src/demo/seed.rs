//! Puts the story into the store through the same doors as real posts, under a clock that walks through it.

use std::collections::BTreeMap;
use std::sync::Arc;

use auscult_connect::contract::{Capabilities, Idempotency, Inbound, InboundPost, TextRule};
use auscult_model::channel::NewChannel;
use auscult_model::ids::{ChannelId, TeamId, WorkspaceId};
use auscult_model::inbox::{InboxView, Internal, ResolveReason};
use auscult_model::listen::IngestFrom;
use auscult_model::member::{Duty, Member, Role, Viewer};
use auscult_model::post::{Author, Parent, Post, PostKind};
use auscult_model::workspace::{Contacts, Law, OpenHours, WorkspaceSettings};
use auscult_store::inbox as rows;
use auscult_store::{case, instance, member, post, workspace as workspaces};
use jiff::{SignedDuration, Timestamp};

use super::book::Book;
use super::plan::{self, Planned};
use super::story::{self, Scene, Side, Turn};
use crate::access::{self, FirstRun};
use crate::app::App;
use crate::channels;
use crate::clock::ManualClock;
use crate::error::AppError;
use crate::inbox::{self, Act};
use crate::listen::take;
use crate::safety;
use crate::workspace::{self, Who};

/// The short name of the example.
pub const SLUG: &str = "st-brigids";
/// The seed of the example that is shown unless another one is asked for.
pub const SEED: u64 = 1;
/// Who of the members writes the pieces.
const WRITER: usize = 2;
/// How to sign in to the example.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Mail address of the first member.
    pub email: String,
    /// Password, drawn anew each time: an example that was left open on the web lets no stranger in.
    pub password: String,
}

/// Where the story is being told.
struct Stage {
    app: App,
    clock: Arc<ManualClock>,
    workspace: WorkspaceId,
    members: Vec<Member>,
    channels: BTreeMap<String, ChannelId>,
    zone: String,
}

/// Fills the store with the example, unless it is there already.
pub async fn fill(app: &App, seed: u64) -> Result<Opened, AppError> {
    let book = Book::embedded()?;
    let opened = Opened {
        email: book
            .members
            .first()
            .map(|member| member.email.clone())
            .unwrap_or_default(),
        password: app.entropy.token().split_off(20),
    };
    if workspaces::by_slug(&mut app.read().await?, SLUG)
        .await?
        .is_some()
    {
        access::reset_password(app, &opened.email, opened.password.clone()).await?;
        return Ok(opened);
    }
    if !access::first_run_open(app).await? {
        return Err(AppError::Conflict(
            "this installation is in use; the example needs an empty data directory".to_owned(),
        ));
    }
    let end = app.now();
    let clock = Arc::new(ManualClock::at(
        end - SignedDuration::from_hours(24 * (story::DAYS + 1)),
    ));
    let present: Arc<dyn crate::clock::Clock> = Arc::<ManualClock>::clone(&clock);
    let past = app.at(present);
    let stage = set(&past, clock, &book, &opened.password).await?;
    let publishing: Vec<ChannelId> = ["bluesky", "mastodon"]
        .into_iter()
        .filter_map(|network| stage.channels.get(network).copied())
        .collect();
    let pieces = plan::pieces(&book, &publishing, end);
    tell(&stage, story::write(&book, seed, end), &pieces, end).await?;
    for planned in pieces.iter().filter(|planned| planned.at >= end) {
        plan::write(&stage.app, &viewer(&stage, WRITER), &stage.zone, planned).await?;
    }
    Ok(opened)
}

async fn set(
    app: &App,
    clock: Arc<ManualClock>,
    book: &Book,
    password: &str,
) -> Result<Stage, AppError> {
    let workspace = organisation(app, book, password).await?;
    let viewer = Viewer::system(workspace);
    let who = Who {
        name: book.workspace.name.clone(),
        other_names: book.workspace.other_names.clone(),
        places: book.places.iter().map(|place| place.name.clone()).collect(),
        clinicians: book.clinicians.clone(),
        law: Law::parse(&book.workspace.region),
        country: book.workspace.country.clone(),
        time_zone: book.workspace.zone.clone(),
        hours: (1..=5)
            .map(|weekday| OpenHours {
                weekday,
                from: "08:00".to_owned(),
                to: "18:00".to_owned(),
            })
            .collect(),
        contacts: Contacts {
            phone: Some("+353 1 555 0100".to_owned()),
            mail: Some("care@stbrigids.example".to_owned()),
            secure_page: Some("https://stbrigids.example/talk".to_owned()),
            patient_advice: Some("https://stbrigids.example/advice".to_owned()),
            website: Some("https://stbrigids.example".to_owned()),
        },
    };
    workspace::enter(app, &viewer, who).await?;
    app.watches.refresh(app).await?;
    let mut channels = BTreeMap::new();
    for source in &book.sources {
        let answers = matches!(source.source.as_str(), "bluesky" | "mastodon");
        let capabilities = Capabilities {
            reply: answers,
            publish: answers,
            idempotency: Idempotency::ClientKey,
            text: if answers {
                TextRule::Graphemes {
                    max: 300,
                    max_bytes: 3_000,
                }
            } else {
                TextRule::Free
            },
            ..Capabilities::default()
        };
        let new = NewChannel {
            network: source.source.clone(),
            name: source.site.clone(),
            base_url: format!("https://{}", source.site),
            handle: Some("stbrigids".to_owned()),
            config: "{}".to_owned(),
            capabilities: serde_json::to_string(&capabilities).unwrap_or_default(),
            ..NewChannel::default()
        };
        channels.insert(
            source.source.clone(),
            channels::store(app, &viewer, &new, "", &[]).await?,
        );
    }
    let members = access::members(app, &viewer).await?;
    Ok(Stage {
        app: app.clone(),
        clock,
        workspace,
        members,
        channels,
        zone: book.workspace.zone.clone(),
    })
}

/// The installation, its workspace and its members, teams and duties.
async fn organisation(app: &App, book: &Book, password: &str) -> Result<WorkspaceId, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    instance::ensure(&mut tx, &book.workspace.name, now).await?;
    let workspace = workspaces::add(
        &mut tx,
        SLUG,
        &book.workspace.name,
        &WorkspaceSettings::default(),
        now,
    )
    .await?;
    app.commit(tx).await?;
    let viewer = Viewer::system(workspace);
    let mut teams: BTreeMap<&str, TeamId> = BTreeMap::new();
    for colleague in &book.members {
        let role = Role::parse(&colleague.role).unwrap_or(Role::Viewer);
        let duties: Vec<Duty> = colleague
            .duties
            .iter()
            .filter_map(|duty| Duty::parse(duty))
            .collect();
        let first = FirstRun {
            name: colleague.name.clone(),
            email: colleague.email.clone(),
            password: password.to_owned(),
            organisation: String::new(),
        };
        let id = access::add_member(app, workspace, first, role, &duties).await?;
        let mut tx = app.begin().await?;
        let team = match teams.get(colleague.team.as_str()) {
            Some(team) => *team,
            None => member::add_team(&mut tx, &viewer, &colleague.team, now).await?,
        };
        teams.insert(&colleague.team, team);
        member::set_teams(&mut tx, &viewer, id, &[team]).await?;
        if instance::get(&mut tx)
            .await?
            .is_some_and(|instance| instance.first_admin.is_none())
        {
            let user = member::get(&mut tx, &viewer, id).await?.user;
            instance::close_first_run(&mut tx, user).await?;
        }
        app.commit(tx).await?;
    }
    Ok(workspace)
}

/// Day by day: what was written, then what was answered.
async fn tell(
    stage: &Stage,
    scenes: Vec<Scene>,
    pieces: &[Planned],
    end: Timestamp,
) -> Result<(), AppError> {
    let day = SignedDuration::from_hours(24);
    let mut turns: Vec<(Timestamp, usize, usize)> = Vec::new();
    for (at, scene) in scenes.iter().enumerate() {
        turns.extend(
            scene
                .turns
                .iter()
                .enumerate()
                .map(|(place, turn)| (turn.at, at, place)),
        );
    }
    turns.sort_unstable();
    let mut turns = turns.into_iter().peekable();
    let mut from = end - day * i32::try_from(story::DAYS + 1).unwrap_or(0);
    let days = u32::try_from(story::DAYS + 1).unwrap_or(1);
    let mut told = 0;
    while from < end {
        stage.app.example.told(told, days);
        told += 1;
        let to = (from + day).min(end);
        stage.clock.set(to);
        let today: Vec<&Scene> = scenes
            .iter()
            .filter(|scene| scene.at >= from && scene.at < to)
            .collect();
        hear(stage, &today).await?;
        while let Some((at, scene, place)) = turns.next_if(|(at, _, _)| *at < to) {
            let Some(scene) = scenes.get(scene) else {
                continue;
            };
            let Some(turn) = scene.turns.get(place) else {
                continue;
            };
            // Nobody answers before the message is there; within a day the clock only moves on.
            stage.clock.set(at.max(stage.app.now() - day));
            play(stage, scene, turn, place).await?;
        }
        stage.clock.set(to);
        for planned in pieces
            .iter()
            .filter(|planned| planned.at >= from && planned.at < to)
        {
            publish(stage, planned).await?;
        }
        stage.clock.set(to);
        // What was heard in the last day is left for whoever looks at the example.
        if to < end {
            attend(stage, to).await?;
        }
        from = to;
    }
    settle_old(stage, end).await
}

/// The safety desk did its work: a record is taken, its steps are done, two members sign.
async fn attend(stage: &Stage, to: Timestamp) -> Result<(), AppError> {
    let mut desk = stage
        .members
        .iter()
        .map(Member::viewer)
        .filter(Viewer::sees_restricted);
    let (Some(first), Some(second)) = (desk.next(), desk.next()) else {
        return Ok(());
    };
    let records = case::safety_list(
        &mut stage.app.read().await?,
        &Viewer::system(stage.workspace),
    )
    .await?;
    for record in records.iter().filter(|record| record.closed_at.is_none()) {
        stage.clock.set(to + SignedDuration::from_mins(3));
        safety::take(&stage.app, &first, record.id).await?;
        stage.clock.set(to + SignedDuration::from_mins(11));
        for step in record.steps.iter().rev().skip(1).rev() {
            safety::step(&stage.app, &first, record.id, safety::name_of(step)).await?;
        }
        stage.clock.set(to + SignedDuration::from_mins(95));
        for viewer in [&first, &second] {
            safety::close(
                &stage.app,
                viewer,
                record.id,
                "Spoken with, and somebody stays in touch.",
            )
            .await?;
        }
    }
    Ok(())
}

/// What nobody came back to in the story is finished by now: a queue full of old waits would not be lifelike.
async fn settle_old(stage: &Stage, end: Timestamp) -> Result<(), AppError> {
    let system = Viewer::system(stage.workspace);
    let kept = end - SignedDuration::from_hours(72);
    let mut after = None;
    let mut old = Vec::new();
    loop {
        let page = inbox::list(&stage.app, &system, &InboxView::WaitingLongest, after).await?;
        old.extend(
            page.conversations
                .into_iter()
                .filter(|row| row.last_at < kept),
        );
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    for (place, row) in old.iter().enumerate() {
        let reason = if place % 3 == 0 {
            ResolveReason::AnsweredElsewhere
        } else {
            ResolveReason::NoAnswerNeeded
        };
        // Restricted ones belong to the desk, which not every member sees.
        let viewer = if row.restricted {
            system.clone()
        } else {
            viewer(stage, place % stage.members.len().max(1))
        };
        inbox::act(
            &stage.app,
            &viewer,
            (row.id, row.version),
            Act::Resolve(reason),
        )
        .await?;
    }
    Ok(())
}

/// A piece that was written the day before and went out at its time.
async fn publish(stage: &Stage, planned: &Planned) -> Result<(), AppError> {
    stage.clock.set(planned.at - SignedDuration::from_mins(10));
    plan::write(&stage.app, &viewer(stage, WRITER), &stage.zone, planned).await?;
    stage.clock.set(planned.at);
    plan::send_due(&stage.app).await
}

async fn hear(stage: &Stage, scenes: &[&Scene]) -> Result<(), AppError> {
    let mut by_channel: BTreeMap<&str, Vec<Inbound>> = BTreeMap::new();
    for scene in scenes {
        let source = scene.post.source.as_deref().unwrap_or_default();
        by_channel
            .entry(source)
            .or_default()
            .push(Inbound::Post(Box::new(inbound(scene))));
    }
    for (source, items) in by_channel {
        let from = IngestFrom {
            channel: stage.channels.get(source).copied(),
            ..IngestFrom::default()
        };
        take(&stage.app, stage.workspace, from, items).await?;
    }
    Ok(())
}

fn inbound(scene: &Scene) -> InboundPost {
    InboundPost {
        post: scene.post.clone(),
        posted_at: Some(scene.at),
        thread_root: scene.post.id.clone(),
        addressed_to_us: scene.conversation,
        ..InboundPost::default()
    }
}

async fn play(stage: &Stage, scene: &Scene, turn: &Turn, place: usize) -> Result<(), AppError> {
    let system = Viewer::system(stage.workspace);
    let source = scene.post.source.clone().unwrap_or_default();
    let found = post::by_external(
        &mut stage.app.read().await?,
        &system,
        &source,
        &scene.post.id,
    )
    .await?;
    // What lies on the safety desk is not answered by everybody: it stays as it was heard.
    let open = found.filter(|post| !post.restricted);
    let Some(conversation) = open.and_then(|post| post.conversation) else {
        return Ok(());
    };
    match turn.side {
        Side::Note(number) => {
            let viewer = viewer(stage, number);
            inbox::add_note(
                &stage.app,
                &viewer,
                conversation,
                &Internal::default(),
                &turn.text,
            )
            .await
        }
        Side::Person | Side::Member(_) => {
            let answer = answer(scene, turn, place);
            let from = IngestFrom {
                channel: stage.channels.get(&source).copied(),
                ..IngestFrom::default()
            };
            take(
                &stage.app,
                stage.workspace,
                from,
                vec![Inbound::Post(Box::new(answer))],
            )
            .await?;
            let last = place + 1 == scene.turns.len();
            if let Side::Member(number) = turn.side {
                let viewer = viewer(stage, number);
                let seen = rows::get(&mut stage.app.read().await?, &system, conversation).await?;
                if seen.assignee.is_none() {
                    inbox::act(&stage.app, &viewer, (conversation, seen.version), Act::Take)
                        .await?;
                }
                if last && scene.resolved {
                    let seen =
                        rows::get(&mut stage.app.read().await?, &system, conversation).await?;
                    inbox::act(
                        &stage.app,
                        &viewer,
                        (conversation, seen.version),
                        Act::Resolve(ResolveReason::Answered),
                    )
                    .await?;
                }
            }
            Ok(())
        }
    }
}

fn viewer(stage: &Stage, number: usize) -> Viewer {
    stage
        .members
        .get(number)
        .filter(|member| member.role != Role::Viewer)
        .map_or_else(|| Viewer::system(stage.workspace), Member::viewer)
}

fn answer(scene: &Scene, turn: &Turn, place: usize) -> InboundPost {
    let ours = matches!(turn.side, Side::Member(_));
    let us = Author {
        handle: Some("stbrigids".to_owned()),
        name: Some("St Brigid’s Health".to_owned()),
        ..Author::default()
    };
    let id = format!("{}/{}", scene.post.id, place + 1);
    let post = Post {
        id: id.clone(),
        source: scene.post.source.clone(),
        site: scene.post.site.clone(),
        kind: Some(PostKind::Reply),
        text: Some(turn.text.clone()),
        author: if ours {
            Some(us)
        } else {
            scene.post.author.clone()
        },
        url: Some(id),
        lang: Some("en".to_owned()),
        created_at: Some(turn.at.to_string()),
        parent: Some(Parent {
            id: Some(scene.post.id.clone()),
            ..Parent::default()
        }),
        ..Post::default()
    };
    InboundPost {
        post,
        posted_at: Some(turn.at),
        thread_root: scene.post.id.clone(),
        addressed_to_us: !ours,
        ..InboundPost::default()
    }
}
