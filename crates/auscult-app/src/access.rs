//! Access: first run, sign-in and out, sessions, members, invitations, API tokens.
//!
//! One path leads in ([`sign_in`]); a refusal never tells whether an account exists, neither by its words nor by its time.

use auscult_model::ids::{InvitationId, MemberId, SessionId, TokenId, UserId, WorkspaceId};
use auscult_model::member::{ApiToken, Duty, Invitation, Member, Role, Session, User, Viewer};
use auscult_model::workspace::{Workspace, WorkspaceSettings};

use auscult_store::audit::{self, Note};
use auscult_store::session::NewSession;
use auscult_store::token::{NewInvitation, NewToken};
use auscult_store::user::NewUser;
use auscult_store::{Tx, instance, member, session, token, user, workspace};
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::error::AppError;
use crate::keys::{hash_password, password_fits, token_hash};
use crate::right::Right;

/// A sign-in that is not used ends after this.
const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// A sign-in ends after this in any case.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How long an invitation holds.
const INVITATION: SignedDuration = SignedDuration::from_hours(24);
/// Failed tries are counted over this long.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// So many failed tries are free.
const FREE_TRIES: i64 = 5;

/// Somebody at work: user, membership and sign-in.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user.
    pub user: User,
    /// The membership.
    pub member: Member,
    /// On whose behalf queries run.
    pub viewer: Viewer,
    /// The workspace that is looked at.
    pub workspace: Workspace,
    /// The sign-in; `None` for an API token.
    pub session: Option<SessionId>,
    /// Scopes of the token; `None` for a person at a page, who has all that the role gives.
    pub scopes: Option<Vec<String>>,
}

/// A fresh sign-in: the secret goes into the cookie and nowhere else.
#[derive(Clone)]
pub struct SignedIn {
    /// The secret of the cookie.
    pub secret: String,
    /// Whose it is.
    pub user: UserId,
    /// Ends here in any case.
    pub ends_at: Timestamp,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SignedIn")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The first administrator and their organisation.
#[derive(Clone)]
pub struct FirstRun {
    /// Name of the person.
    pub name: String,
    /// Mail address of the person.
    pub email: String,
    /// Password.
    pub password: String,
    /// Name of the organisation.
    pub organisation: String,
}

/// From where somebody signs in.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// The browser as told.
    pub browser: String,
    /// The address, as far as trusted proxies tell it.
    pub address: String,
}

/// Whether nobody has set this installation up yet.
pub async fn first_run_open(app: &App) -> Result<bool, AppError> {
    let found = instance::get(&mut app.read().await?).await?;
    Ok(found.is_none_or(|found| found.first_admin.is_none()))
}

/// The name of the installation, for pages outside a workspace.
pub async fn organisation(app: &App) -> Result<String, AppError> {
    let found = instance::get(&mut app.read().await?).await?;
    Ok(found.map(|found| found.name).unwrap_or_default())
}

/// Sets the installation up: first administrator, first workspace. Works once.
pub async fn set_up(
    app: &App,
    first: FirstRun,
    device: &Device,
) -> Result<(SignedIn, Workspace), AppError> {
    let now = app.now();
    let organisation = required("organisation", &first.organisation, 120)?;
    let new = new_user(app, &first.name, &first.email, first.password).await?;
    let mut tx = app.begin().await?;
    instance::ensure(&mut tx, &organisation, now).await?;
    let user = user::add(&mut tx, &new, now).await?;
    let closed = instance::close_first_run(&mut tx, user).await;
    closed.map_err(|_| {
        AppError::Conflict("this installation is already set up; sign in instead".to_owned())
    })?;
    let id = workspace::add(
        &mut tx,
        &slug(&organisation),
        &organisation,
        &WorkspaceSettings::default(),
        now,
    )
    .await?;
    let member = member::add(&mut tx, id, user, Role::Owner, now).await?;
    let viewer = Viewer {
        member: Some(member),
        ..Viewer::system(id)
    };
    member::set_duties(
        &mut tx,
        &viewer,
        member,
        &[Duty::PrivacyOfficer, Duty::Safety],
    )
    .await?;
    note(
        &mut tx,
        &viewer,
        "installation.set_up",
        ("user", user.0),
        now,
    );
    let signed_in = new_session(app, &mut tx, user, Some(id), device).await?;
    let made = workspace::get(&mut tx, id).await?;
    app.commit(tx).await?;
    Ok((signed_in, made))
}

/// Signs in with address and password.
///
/// # Errors
/// [`AppError::Invalid`] for wrong words (the same for an unknown account), [`AppError::RetryAt`] after too many.
pub async fn sign_in(
    app: &App,
    email: &str,
    password: &str,
    device: &Device,
) -> Result<SignedIn, AppError> {
    let now = app.now();
    let account = format!("account:{}", email.trim().to_lowercase());
    let address = format!("address:{}", device.address);
    let mut conn = app.read().await?;
    for (who, free) in [(&account, FREE_TRIES), (&address, FREE_TRIES * 4)] {
        wait_over(
            user::failed_sign_ins(&mut conn, who, now - WINDOW).await?,
            free,
            now,
        )?;
    }
    let found = user::by_email(&mut conn, email)
        .await?
        .filter(|found| !found.disabled);
    drop(conn);
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let fits = fits(password, hash).await?;
    let mut tx = app.begin().await?;
    let (Some(found), true) = (found, fits) else {
        user::failed_sign_in(&mut tx, &account, now).await?;
        user::failed_sign_in(&mut tx, &address, now).await?;
        app.commit(tx).await?;
        return Err(AppError::invalid(
            "password",
            "address or password is not right",
        ));
    };
    let members = member::all_of_user(&mut tx, found.id).await?;
    let workspace = members
        .iter()
        .find(|member| !member.disabled)
        .map(|member| member.workspace);
    user::forget_failed_sign_ins(&mut tx, &account).await?;
    let signed_in = new_session(app, &mut tx, found.id, workspace, device).await?;
    if let Some(member) = members
        .iter()
        .find(|member| Some(member.workspace) == workspace)
    {
        note(
            &mut tx,
            &member.viewer(),
            "sign_in",
            ("user", found.id.0),
            now,
        );
    }
    app.commit(tx).await?;
    Ok(signed_in)
}

/// Who holds this cookie; keeps the sign-in alive. `None`: sign in again.
pub async fn actor(app: &App, secret: &str) -> Result<Option<Actor>, AppError> {
    let now = app.now();
    let mut conn = app.read().await?;
    let Some(found) = session::by_secret(&mut conn, &token_hash(secret), now).await? else {
        return Ok(None);
    };
    let members = member::all_of_user(&mut conn, found.user).await?;
    let active = || members.iter().filter(|member| !member.disabled);
    let wanted = active()
        .find(|member| Some(member.workspace) == found.workspace)
        .or_else(|| active().next());
    let Some(member) = wanted.cloned() else {
        return Ok(None);
    };
    let user = user::get(&mut conn, found.user).await?;
    let workspace = workspace::get(&mut conn, member.workspace).await?;
    drop(conn);
    // Written once a minute at most: a page load should not cost a durable write.
    if now.duration_since(found.seen_at) > SignedDuration::from_mins(1) {
        let mut tx = app.begin().await?;
        session::seen(&mut tx, found.id, now, (now + IDLE).min(found.ends_at)).await?;
        app.commit(tx).await?;
    }
    Ok(Some(Actor {
        viewer: member.viewer(),
        user,
        member,
        workspace,
        session: Some(found.id),
        scopes: None,
    }))
}

/// Who holds this API token. `None`: unknown, ended or revoked.
pub async fn token_actor(app: &App, secret: &str) -> Result<Option<Actor>, AppError> {
    let now = app.now();
    let mut conn = app.read().await?;
    let Some(found) = token::by_secret(&mut conn, &token_hash(secret), now).await? else {
        return Ok(None);
    };
    let member = token::member_of(&mut conn, found.id).await?;
    if member.disabled {
        return Ok(None);
    }
    let user = user::get(&mut conn, member.user).await?;
    let workspace = workspace::get(&mut conn, member.workspace).await?;
    drop(conn);
    if found
        .last_used_at
        .is_none_or(|used| now.duration_since(used) > SignedDuration::from_mins(1))
    {
        let mut tx = app.begin().await?;
        token::used(&mut tx, found.id, now).await?;
        app.commit(tx).await?;
    }
    Ok(Some(Actor {
        viewer: member.viewer(),
        user,
        member,
        workspace,
        session: None,
        scopes: Some(found.scopes),
    }))
}

/// Ends this sign-in.
pub async fn sign_out(app: &App, actor: &Actor) -> Result<(), AppError> {
    let Some(id) = actor.session else {
        return Ok(());
    };
    let mut tx = app.begin().await?;
    session::end(&mut tx, actor.user.id, id).await?;
    note(
        &mut tx,
        &actor.viewer,
        "sign_out",
        ("session", id.0),
        app.now(),
    );
    app.commit(tx).await
}

/// The sign-ins of a user that hold now.
pub async fn sign_ins(app: &App, actor: &Actor) -> Result<Vec<Session>, AppError> {
    Ok(session::of_user(&mut app.read().await?, actor.user.id, app.now()).await?)
}

/// Looks at another workspace of the same user.
pub async fn look_at(app: &App, actor: &Actor, workspace: WorkspaceId) -> Result<(), AppError> {
    let Some(id) = actor.session else {
        return Ok(());
    };
    let mut tx = app.begin().await?;
    let member = member::of_user(&mut tx, workspace, actor.user.id).await?;
    member
        .filter(|member| !member.disabled)
        .ok_or(AppError::NotFound("workspace"))?;
    session::look_at(&mut tx, id, workspace).await?;
    app.commit(tx).await
}

/// The workspaces of a user.
pub async fn workspaces(app: &App, actor: &Actor) -> Result<Vec<Workspace>, AppError> {
    let mut conn = app.read().await?;
    let mut found = Vec::new();
    for member in member::all_of_user(&mut conn, actor.user.id).await? {
        if !member.disabled {
            found.push(workspace::get(&mut conn, member.workspace).await?);
        }
    }
    Ok(found)
}

/// Changes one's own password; every other sign-in ends.
pub async fn change_password(
    app: &App,
    actor: &Actor,
    old: &str,
    new: &str,
) -> Result<(), AppError> {
    if !fits(old, actor.user.password_hash.clone()).await? {
        return Err(AppError::invalid(
            "old_password",
            "the present password is not right",
        ));
    }
    let hash = hashed(app, "new_password", new.to_owned()).await?;
    let mut tx = app.begin().await?;
    user::set_password(&mut tx, actor.user.id, &hash).await?;
    session::end_all(&mut tx, actor.user.id, actor.session).await?;
    note(
        &mut tx,
        &actor.viewer,
        "password.changed",
        ("user", actor.user.id.0),
        app.now(),
    );
    app.commit(tx).await
}

/// Changes own name and preferences.
pub async fn change_profile(
    app: &App,
    actor: &Actor,
    name: &str,
    preferences: &str,
) -> Result<(), AppError> {
    let name = required("name", name, 120)?;
    let mut tx = app.begin().await?;
    user::set_profile(&mut tx, actor.user.id, &name, &actor.user.email).await?;
    user::set_preferences(&mut tx, actor.user.id, preferences).await?;
    app.commit(tx).await
}

/// Members of the workspace.
pub async fn members(app: &App, viewer: &Viewer) -> Result<Vec<Member>, AppError> {
    Ok(member::list(&mut app.read().await?, viewer).await?)
}

/// Gives a member another role and other duties. Only owners make owners; the last owner stays.
pub async fn set_role(
    app: &App,
    viewer: &Viewer,
    id: MemberId,
    role: Role,
    duties: &[Duty],
) -> Result<(), AppError> {
    Right::Members.demand(viewer)?;
    let mut tx = app.begin().await?;
    let before = member::get(&mut tx, viewer, id).await?;
    if viewer.role != Role::Owner && (role == Role::Owner || before.role == Role::Owner) {
        return Err(AppError::Forbidden(
            "only owners make or change owners".to_owned(),
        ));
    }
    member::set_role(&mut tx, viewer, id, role).await?;
    member::set_duties(&mut tx, viewer, id, duties).await?;
    session::end_all(&mut tx, before.user, None).await?;
    note(&mut tx, viewer, "member.role", ("member", id.0), app.now());
    app.commit(tx).await
}

/// Switches a member off or on again; their sign-ins end.
pub async fn set_disabled(
    app: &App,
    viewer: &Viewer,
    id: MemberId,
    disabled: bool,
) -> Result<(), AppError> {
    Right::Members.demand(viewer)?;
    let mut tx = app.begin().await?;
    let member = member::get(&mut tx, viewer, id).await?;
    member::set_disabled(&mut tx, viewer, id, disabled).await?;
    session::end_all(&mut tx, member.user, None).await?;
    note(
        &mut tx,
        viewer,
        if disabled { "member.off" } else { "member.on" },
        ("member", id.0),
        app.now(),
    );
    app.commit(tx).await
}

/// Invites somebody; the secret goes into the link and is shown once.
pub async fn invite(
    app: &App,
    viewer: &Viewer,
    email: &str,
    role: Role,
    duties: Vec<Duty>,
) -> Result<String, AppError> {
    Right::Members.demand(viewer)?;
    if role == Role::Owner && viewer.role != Role::Owner {
        return Err(AppError::Forbidden("only owners invite owners".to_owned()));
    }
    let email = mail_address(email)?;
    let now = app.now();
    let secret = app.entropy.token();
    let new = NewInvitation {
        secret_hash: token_hash(&secret),
        email,
        role,
        duties,
        expires_at: now + INVITATION,
    };
    let mut tx = app.begin().await?;
    let id = token::invite(&mut tx, viewer, &new, now).await?;
    note(&mut tx, viewer, "member.invited", ("invitation", id.0), now);
    app.commit(tx).await?;
    Ok(secret)
}

/// Invitations that hold.
pub async fn invitations(app: &App, viewer: &Viewer) -> Result<Vec<Invitation>, AppError> {
    Right::Members.demand(viewer)?;
    Ok(token::invitations(&mut app.read().await?, viewer, app.now()).await?)
}

/// Takes an invitation back.
pub async fn withdraw_invitation(
    app: &App,
    viewer: &Viewer,
    id: InvitationId,
) -> Result<(), AppError> {
    Right::Members.demand(viewer)?;
    let mut tx = app.begin().await?;
    token::withdraw(&mut tx, viewer, id).await?;
    app.commit(tx).await
}

/// The invitation behind a link; `None` when it has ended or was used.
pub async fn invitation(app: &App, secret: &str) -> Result<Option<Invitation>, AppError> {
    Ok(token::invitation_by_secret(&mut app.read().await?, &token_hash(secret), app.now()).await?)
}

/// Accepts an invitation. Someone who already has an account proves it with their password.
pub async fn accept(
    app: &App,
    secret: &str,
    name: &str,
    password: &str,
    device: &Device,
) -> Result<SignedIn, AppError> {
    let now = app.now();
    let invitation = invitation(app, secret)
        .await?
        .ok_or(AppError::NotFound("invitation"))?;
    let known = user::by_email(&mut app.read().await?, &invitation.email).await?;
    let new = match &known {
        Some(known) if fits(password, known.password_hash.clone()).await? => None,
        Some(_) => {
            return Err(AppError::invalid(
                "password",
                "this address has an account; enter its password",
            ));
        }
        None => Some(new_user(app, name, &invitation.email, password.to_owned()).await?),
    };
    let mut tx = app.begin().await?;
    let user = match (known, new) {
        (Some(known), _) => known.id,
        (None, Some(new)) => user::add(&mut tx, &new, now).await?,
        (None, None) => return Err(AppError::broken("an invitation without a user")),
    };
    token::accept(&mut tx, &invitation, user, now).await?;
    let signed_in = new_session(app, &mut tx, user, Some(invitation.workspace), device).await?;
    note(
        &mut tx,
        &Viewer::system(invitation.workspace),
        "member.joined",
        ("user", user.0),
        now,
    );
    app.commit(tx).await?;
    Ok(signed_in)
}

/// Makes an API token; the secret is shown once. It never may more than its member.
pub async fn make_token(
    app: &App,
    actor: &Actor,
    name: &str,
    scopes: Vec<String>,
    days: u16,
) -> Result<String, AppError> {
    const SCOPES: [&str; 5] = ["read", "write", "ingest", "publish", "admin"];
    let name = required("name", name, 80)?;
    if let Some(unknown) = scopes
        .iter()
        .find(|scope| !SCOPES.contains(&scope.as_str()))
    {
        return Err(AppError::invalid(
            "scopes",
            format!("{unknown:?} is none of {}", SCOPES.join(", ")),
        ));
    }
    if scopes.iter().any(|scope| scope == "admin") {
        Right::Settings.demand(&actor.viewer)?;
    }
    let now = app.now();
    let secret = format!("auscult_{}", app.entropy.token());
    let expires_at = now + SignedDuration::from_hours(24 * i64::from(days.clamp(1, 366)));
    let new = NewToken {
        secret_hash: token_hash(&secret),
        member: actor.member.id,
        name,
        scopes,
        expires_at: Some(expires_at),
    };
    let mut tx = app.begin().await?;
    let id = token::add(&mut tx, &actor.viewer, &new, now).await?;
    note(&mut tx, &actor.viewer, "token.made", ("token", id.0), now);
    app.commit(tx).await?;
    Ok(secret)
}

/// The tokens a viewer may see.
pub async fn tokens(app: &App, viewer: &Viewer) -> Result<Vec<ApiToken>, AppError> {
    Ok(token::list(&mut app.read().await?, viewer).await?)
}

/// Revokes a token.
pub async fn revoke_token(app: &App, viewer: &Viewer, id: TokenId) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    token::revoke(&mut tx, viewer, id, app.now()).await?;
    note(&mut tx, viewer, "token.revoked", ("token", id.0), app.now());
    app.commit(tx).await
}

/// Adds a user with a password to a workspace (the demo, and `auscult user add`).
pub async fn add_member(
    app: &App,
    workspace: WorkspaceId,
    first: FirstRun,
    role: Role,
    duties: &[Duty],
) -> Result<MemberId, AppError> {
    let now = app.now();
    let new = new_user(app, &first.name, &first.email, first.password).await?;
    let mut tx = app.begin().await?;
    let user = user::add(&mut tx, &new, now).await?;
    let id = member::add(&mut tx, workspace, user, role, now).await?;
    member::set_duties(&mut tx, &Viewer::system(workspace), id, duties).await?;
    note(
        &mut tx,
        &Viewer::system(workspace),
        "member.added",
        ("member", id.0),
        now,
    );
    app.commit(tx).await?;
    Ok(id)
}

/// Gives a user a new password from the command line of the machine; every sign-in ends.
pub async fn reset_password(app: &App, email: &str, password: String) -> Result<(), AppError> {
    let hash = hashed(app, "password", password).await?;
    let mut tx = app.begin().await?;
    let found = user::by_email(&mut tx, email)
        .await?
        .ok_or(AppError::NotFound("user"))?;
    user::set_password(&mut tx, found.id, &hash).await?;
    session::end_all(&mut tx, found.id, None).await?;
    app.commit(tx).await
}

/// A line of the audit log, written with the transaction.
pub(crate) fn note(
    tx: &mut Tx,
    viewer: &Viewer,
    action: &'static str,
    subject: (&'static str, i64),
    now: Timestamp,
) {
    let note = Note {
        action: action.to_owned(),
        subject_kind: subject.0.to_owned(),
        subject_id: subject.1.to_string(),
        ..Note::default()
    };
    audit::note(tx, viewer, note, now);
}

async fn new_session(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    workspace: Option<WorkspaceId>,
    device: &Device,
) -> Result<SignedIn, AppError> {
    let now = app.now();
    let secret = app.entropy.token();
    let ends_at = now + LONGEST;
    let device: String = format!("{} · {}", device.browser, device.address)
        .chars()
        .take(200)
        .collect();
    let new = NewSession {
        secret_hash: token_hash(&secret),
        user,
        workspace,
        idle_until: now + IDLE,
        ends_at,
        device,
    };
    session::add(tx, &new, now).await?;
    Ok(SignedIn {
        secret,
        user,
        ends_at,
    })
}

async fn new_user(
    app: &App,
    name: &str,
    email: &str,
    password: String,
) -> Result<NewUser, AppError> {
    let name = required("name", name, 120)?;
    let email = mail_address(email)?;
    let password_hash = Some(hashed(app, "password", password).await?);
    Ok(NewUser {
        email,
        name,
        password_hash,
    })
}

/// Hashing takes tens of milliseconds on purpose: it leaves the async threads.
async fn hashed(app: &App, field: &str, password: String) -> Result<String, AppError> {
    good_password(field, &password)?;
    let entropy = std::sync::Arc::clone(&app.entropy);
    let work = tokio::task::spawn_blocking(move || hash_password(&password, entropy.as_ref()));
    work.await
        .map_err(|error| AppError::broken(format!("hashing: {error}")))?
}

/// An unknown account costs the same time as a wrong password.
async fn fits(password: &str, hash: Option<String>) -> Result<bool, AppError> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let password = password.to_owned();
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let work = tokio::task::spawn_blocking(move || password_fits(&password, &hash));
    Ok(work
        .await
        .map_err(|error| AppError::broken(format!("checking a password: {error}")))?
        && known)
}

fn wait_over(
    (failed, last): (i64, Option<Timestamp>),
    free: i64,
    now: Timestamp,
) -> Result<(), AppError> {
    let Some(last) = last.filter(|_| failed >= free) else {
        return Ok(());
    };
    let doubled = u32::try_from((failed - free).clamp(0, 9)).unwrap_or(9);
    let next = last + SignedDuration::from_secs(2_i64.pow(doubled));
    if next > now {
        Err(AppError::RetryAt(next))
    } else {
        Ok(())
    }
}

/// NIST SP 800-63B and OWASP ASVS V2: length counts, not composition; the commonest are refused.
fn good_password(field: &str, password: &str) -> Result<(), AppError> {
    const COMMON: &str = include_str!("../../../data/common-passwords.txt");
    let length = password.chars().count();
    if length < 12 {
        return Err(AppError::invalid(
            field,
            "use at least 12 characters; four unrelated words make a good one",
        ));
    }
    if length > 128 {
        return Err(AppError::invalid(field, "use at most 128 characters"));
    }
    let folded = password.to_lowercase();
    if COMMON.lines().any(|common| common == folded) {
        return Err(AppError::invalid(
            field,
            "this password is on every list of guesses; choose another one",
        ));
    }
    Ok(())
}

fn mail_address(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    let good = text.len() <= 254
        && text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        })
        && !text.contains(char::is_whitespace)
        && text.matches('@').count() == 1;
    if good {
        Ok(text.to_owned())
    } else {
        Err(AppError::invalid(
            "email",
            "this is no mail address; write it as name@hospital.example",
        ))
    }
}

/// A text that must be there, trimmed, at most `longest` characters.
pub(crate) fn required(field: &str, text: &str, longest: usize) -> Result<String, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid(field, "please fill this in"));
    }
    if text.chars().count() > longest {
        return Err(AppError::invalid(
            field,
            format!("use at most {longest} characters"),
        ));
    }
    Ok(text.to_owned())
}

/// A short name for addresses: `St Brigid's Health` becomes `st-brigids-health`.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if letter != '\'' && letter != '\u{2019}' && !slug.is_empty() && !slug.ends_with('-')
        {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-').to_owned();
    if slug.is_empty() {
        "workspace".to_owned()
    } else {
        slug
    }
}
