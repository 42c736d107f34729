//! The workspace: who the organisation is, its hours and policy, and what is listened for.

use auscult_model::hours::Calendar;
use auscult_model::ids::SubjectId;
use auscult_model::member::Viewer;
use auscult_model::subject::{NewSubject, Subject, SubjectKind};
use auscult_model::workspace::{Contacts, Law, OpenHours, Workspace, WorkspaceSettings};
use auscult_store::watch::{NewWatch, SaveList};
use auscult_store::{Tx, subject, watch, workspace};

use crate::access::{note, required};
use crate::app::App;
use crate::error::AppError;
use crate::listen::kit::{self, KitList, Names};
use crate::right::Right;

/// What the first step of the set-up asks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Who {
    /// Name of the organisation.
    pub name: String,
    /// Other names, hashtags, handles.
    pub other_names: Vec<String>,
    /// Places of care.
    pub places: Vec<String>,
    /// Clinicians who agreed to be listened for.
    pub clinicians: Vec<String>,
    /// The law profile; chosen by the country when left out.
    pub law: Option<Law>,
    /// ISO country.
    pub country: String,
    /// IANA zone.
    pub time_zone: String,
    /// Opening hours of the team that answers.
    pub hours: Vec<OpenHours>,
    /// Ways to reach the organisation.
    pub contacts: Contacts,
}

/// The workspace as it is now.
pub async fn get(app: &App, viewer: &Viewer) -> Result<Workspace, AppError> {
    Ok(workspace::get(&mut app.read().await?, viewer.workspace).await?)
}

/// Every workspace of the installation, oldest first; for the command line of the machine.
pub async fn all(app: &App) -> Result<Vec<Workspace>, AppError> {
    Ok(workspace::list(&mut app.read().await?).await?)
}

/// A workspace by its short name, its number (1 is the oldest), its id or its name.
pub async fn find(app: &App, wanted: &str) -> Result<Workspace, AppError> {
    let every = all(app).await?;
    let wanted = wanted.trim();
    let named = |space: &&Workspace| {
        space.slug == wanted
            || space.id.to_string() == wanted
            || space.name.eq_ignore_ascii_case(wanted)
    };
    let place = wanted
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_sub(1));
    let found = every.iter().find(named).or_else(|| every.get(place?));
    found.cloned().ok_or_else(|| {
        let known: Vec<&str> = every.iter().map(|space| space.slug.as_str()).collect();
        AppError::invalid(
            "workspace",
            format!("there is no {wanted:?}; there are: {}", known.join(", ")),
        )
    })
}

/// The law profile that a country brings with it.
pub fn law_of(country: &str) -> Law {
    match country {
        "US" => Law::Us,
        "GB" => Law::Uk,
        _ => Law::Eu,
    }
}

/// Takes the first step of the set-up: who you are. Lists and watches are made from it, and kept in step with it.
pub async fn enter(app: &App, viewer: &Viewer, who: Who) -> Result<(), AppError> {
    Right::Settings.demand(viewer)?;
    let name = required("name", &who.name, 120)?;
    let mut present = get(app, viewer).await?;
    let settings = WorkspaceSettings {
        law: who.law.unwrap_or_else(|| law_of(&who.country)),
        country: country(&who.country)?,
        time_zone: who.time_zone.clone(),
        hours: who.hours.clone(),
        contacts: who.contacts.clone(),
        ..present.settings.clone()
    };
    check(&settings)?;
    present.name.clone_from(&name);
    present.settings = settings;
    let mut tx = app.begin().await?;
    workspace::save(
        &mut tx,
        viewer.workspace,
        present.version,
        &present.name,
        &present.settings,
    )
    .await?;
    let own = NewSubject {
        kind: SubjectKind::Organisation,
        name,
        other_names: who.other_names,
        place: None,
    };
    let mut wanted = vec![own];
    wanted.extend(named(SubjectKind::Place, &who.places));
    wanted.extend(named(SubjectKind::Clinician, &who.clinicians));
    step_subjects(app, &mut tx, viewer, wanted).await?;
    keep_in_step(app, &mut tx, viewer).await?;
    note(
        &mut tx,
        viewer,
        "workspace.entered",
        ("workspace", viewer.workspace.0),
        app.now(),
    );
    app.commit(tx).await
}

/// Saves settings that were made against `version`.
pub async fn save(app: &App, viewer: &Viewer, changed: &Workspace) -> Result<(), AppError> {
    Right::Settings.demand(viewer)?;
    required("name", &changed.name, 120)?;
    check(&changed.settings)?;
    let mut tx = app.begin().await?;
    workspace::save(
        &mut tx,
        viewer.workspace,
        changed.version,
        &changed.name,
        &changed.settings,
    )
    .await?;
    note(
        &mut tx,
        viewer,
        "workspace.settings",
        ("workspace", viewer.workspace.0),
        app.now(),
    );
    app.commit(tx).await
}

/// What is listened for.
pub async fn subjects(app: &App, viewer: &Viewer) -> Result<Vec<Subject>, AppError> {
    Ok(subject::list(&mut app.read().await?, viewer).await?)
}

/// Adds something to listen for; lists follow.
pub async fn add_subject(
    app: &App,
    viewer: &Viewer,
    new: NewSubject,
) -> Result<SubjectId, AppError> {
    Right::Listen.demand(viewer)?;
    required("name", &new.name, 120)?;
    let mut tx = app.begin().await?;
    let id = subject::add(&mut tx, viewer, &new, app.now()).await?;
    keep_in_step(app, &mut tx, viewer).await?;
    app.commit(tx).await?;
    Ok(id)
}

/// Changes what is listened for; lists follow.
pub async fn save_subject(app: &App, viewer: &Viewer, changed: &Subject) -> Result<(), AppError> {
    Right::Listen.demand(viewer)?;
    required("name", &changed.name, 120)?;
    let mut tx = app.begin().await?;
    subject::save(&mut tx, viewer, changed).await?;
    keep_in_step(app, &mut tx, viewer).await?;
    app.commit(tx).await
}

fn named(kind: SubjectKind, names: &[String]) -> Vec<NewSubject> {
    let filled = names
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty());
    filled
        .map(|name| NewSubject {
            kind,
            name: name.to_owned(),
            other_names: Vec::new(),
            place: None,
        })
        .collect()
}

fn country(text: &str) -> Result<String, AppError> {
    let good = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if good {
        Ok(text.to_owned())
    } else {
        Err(AppError::invalid(
            "country",
            "choose a country; its two letters, as IE",
        ))
    }
}

fn check(settings: &WorkspaceSettings) -> Result<(), AppError> {
    Calendar::of(settings).map_err(|error| AppError::invalid("hours", error.to_string()))?;
    if !(10..=30).contains(&settings.answers.undo_seconds) {
        return Err(AppError::invalid("undo_seconds", "choose 10 to 30 seconds"));
    }
    Ok(())
}

/// Subjects of the three kinds become what was entered; others stay. One that is no longer entered is switched off.
async fn step_subjects(
    app: &App,
    tx: &mut Tx,
    viewer: &Viewer,
    wanted: Vec<NewSubject>,
) -> Result<(), AppError> {
    let entered = [
        SubjectKind::Organisation,
        SubjectKind::Place,
        SubjectKind::Clinician,
    ];
    let present = subject::list(tx, viewer).await?;
    for new in &wanted {
        let same = present.iter().find(|old| {
            old.kind == new.kind && (old.name == new.name || new.kind == SubjectKind::Organisation)
        });
        match same {
            Some(old) => {
                let other_names = if new.other_names.is_empty() {
                    old.other_names.clone()
                } else {
                    new.other_names.clone()
                };
                let changed = Subject {
                    name: new.name.clone(),
                    other_names,
                    active: true,
                    ..old.clone()
                };
                subject::save(tx, viewer, &changed).await?;
            }
            None => {
                subject::add(tx, viewer, new, app.now()).await?;
            }
        }
    }
    let gone = present
        .iter()
        .filter(|old| entered.contains(&old.kind) && old.kind != SubjectKind::Organisation);
    for old in gone.filter(|old| {
        old.active
            && !wanted
                .iter()
                .any(|new| new.kind == old.kind && new.name == old.name)
    }) {
        subject::save(
            tx,
            viewer,
            &Subject {
                active: false,
                ..old.clone()
            },
        )
        .await?;
    }
    Ok(())
}

/// Lists follow the subjects; watches of the kit are made once and belong to the members from then on.
pub(crate) async fn keep_in_step(app: &App, tx: &mut Tx, viewer: &Viewer) -> Result<(), AppError> {
    let subjects = subject::list(tx, viewer).await?;
    let names_of = |kind: SubjectKind| -> Vec<String> {
        let active = subjects
            .iter()
            .filter(|subject| subject.kind == kind && subject.active);
        active
            .flat_map(|subject| {
                std::iter::once(&subject.name)
                    .chain(&subject.other_names)
                    .cloned()
            })
            .collect()
    };
    let names = Names {
        own: names_of(SubjectKind::Organisation),
        places: names_of(SubjectKind::Place),
        clinicians: names_of(SubjectKind::Clinician),
    };
    let present = watch::lists(tx, viewer).await?;
    let more = [
        ("services", SubjectKind::Service),
        ("conditions", SubjectKind::Condition),
        ("campaigns", SubjectKind::Campaign),
        ("peers", SubjectKind::Peer),
    ];
    let more = more.map(|(name, kind)| KitList {
        name,
        entries: names_of(kind),
    });
    for list in kit::lists(&names)
        .into_iter()
        .chain(more.into_iter().filter(|list| !list.entries.is_empty()))
    {
        let old = present.iter().find(|old| old.name == list.name);
        // The lists of exclusions may have been edited by members: only the lists of names follow.
        let follows = !["job-adverts", "television", "veterinary"].contains(&list.name);
        if old.is_none_or(|old| follows && old.entries != list.entries) {
            let save = SaveList {
                name: list.name.to_owned(),
                entries: list.entries,
                version: old.map_or(0, |old| old.version),
            };
            watch::save_list(tx, viewer, &save, app.now()).await?;
        }
    }
    let watches = watch::list(tx, viewer).await?;
    for new in kit::watches(&names) {
        if !watches.iter().any(|old| old.name == new.name) {
            let made = NewWatch {
                name: new.name.to_owned(),
                query: new.query,
                active: true,
                opens_conversations: new.key != "watch-kit-recommend",
                why: "made from the names of the organisation".to_owned(),
            };
            watch::add(tx, viewer, &made, app.now()).await?;
        }
    }
    Ok(())
}
