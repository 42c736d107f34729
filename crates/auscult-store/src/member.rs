//! Members: users in a workspace with role, duties and teams.

use auscult_model::ids::{MemberId, TeamId, UserId, WorkspaceId};
use auscult_model::member::{Duty, Member, Role, Team, Viewer};
use jiff::Timestamp;

use crate::arg::{Arg, args};
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::row::Row;

const SELECT: &str = "SELECT m.id AS id, m.workspace_id AS workspace_id, m.user_id AS user_id, u.email AS email, u.name AS name,
  m.role AS role, m.duties AS duties, (m.disabled OR u.disabled) AS disabled, m.created_at AS created_at
  FROM member m JOIN app_user u ON u.id = m.user_id";

async fn read_all(conn: &mut Conn, sql: String, args: Vec<Arg>) -> Result<Vec<Member>, StoreError> {
    let rows = conn.all(sql, args).await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in &rows {
        members.push(read(row)?);
    }
    let Some(workspace) = members.first().map(|member| member.workspace) else {
        return Ok(members);
    };
    // All members of one call belong to one workspace or to one user: few teams either way.
    let users: Vec<WorkspaceId> = members.iter().map(|member| member.workspace).collect();
    let several = users.iter().any(|other| *other != workspace);
    let teams = if several {
        conn.all(
            "SELECT member_id, team_id FROM team_member ORDER BY team_id",
            Vec::new(),
        )
        .await?
    } else {
        conn.all(
            "SELECT member_id, team_id FROM team_member WHERE workspace_id = $1 ORDER BY team_id",
            args![workspace],
        )
        .await?
    };
    for row in teams {
        let (member_id, team): (MemberId, TeamId) = (row.id("member_id")?, row.id("team_id")?);
        if let Some(member) = members.iter_mut().find(|member| member.id == member_id) {
            member.teams.push(team);
        }
    }
    Ok(members)
}

fn read(row: &Row) -> Result<Member, StoreError> {
    Ok(Member {
        id: row.id("id")?,
        workspace: row.id("workspace_id")?,
        user: row.id("user_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.word("role")?,
        duties: row.json("duties")?,
        teams: Vec::new(),
        disabled: row.flag("disabled")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds a user to a workspace; [`StoreError::Conflict`] when they are in it.
pub async fn add(
    tx: &mut Tx,
    workspace: WorkspaceId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<MemberId, StoreError> {
    let id = MemberId(tx.next_id(now));
    tx.run(
        "INSERT INTO member (id, workspace_id, user_id, role, duties, created_at) VALUES ($1, $2, $3, $4, '[]', $5)",
        args![id, workspace, user, role.as_str(), now],
    )
    .await?;
    tx.live(workspace, "members", id.0, now);
    Ok(id)
}

/// Members of the viewer's workspace, by name.
pub async fn list(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Member>, StoreError> {
    read_all(
        conn,
        format!("{SELECT} WHERE m.workspace_id = $1 ORDER BY u.name, m.id"),
        args![viewer.workspace],
    )
    .await
}

/// One member of the viewer's workspace.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: MemberId) -> Result<Member, StoreError> {
    let sql = format!("{SELECT} WHERE m.workspace_id = $1 AND m.id = $2");
    read_all(conn, sql, args![viewer.workspace, id])
        .await?
        .pop()
        .ok_or(StoreError::NotFound("member"))
}

/// The membership of a user in a workspace.
pub async fn of_user(
    conn: &mut Conn,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Option<Member>, StoreError> {
    let sql = format!("{SELECT} WHERE m.workspace_id = $1 AND m.user_id = $2");
    Ok(read_all(conn, sql, args![workspace, user]).await?.pop())
}

/// Every membership of a user, oldest first.
pub async fn all_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Member>, StoreError> {
    read_all(
        conn,
        format!("{SELECT} WHERE m.user_id = $1 ORDER BY m.id"),
        args![user],
    )
    .await
}

/// Sets the role. The last owner of a workspace stays one.
pub async fn set_role(
    tx: &mut Tx,
    viewer: &Viewer,
    id: MemberId,
    role: Role,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            format!("UPDATE member SET role = $1 WHERE workspace_id = $2 AND id = $3 AND ($1 = 'owner' OR {NOT_LAST_OWNER})"),
            args![role.as_str(), viewer.workspace, id],
        )
        .await?;
    not_the_last_owner(tx, viewer, id, rows).await
}

/// True for a member whose going leaves another owner; `$2` is the workspace, `$3` the member.
const NOT_LAST_OWNER: &str =
    "(role <> 'owner' OR EXISTS (SELECT 1 FROM member o WHERE o.workspace_id = $2
  AND o.role = 'owner' AND o.id <> $3 AND o.disabled = FALSE))";

async fn not_the_last_owner(
    tx: &mut Tx,
    viewer: &Viewer,
    id: MemberId,
    rows: u64,
) -> Result<(), StoreError> {
    if rows == 0 {
        get(tx, viewer, id).await?;
        return Err(StoreError::refused(
            "the last owner of a workspace stays: make somebody else owner first",
        ));
    }
    Ok(())
}

/// Sets the duties beside the role.
pub async fn set_duties(
    tx: &mut Tx,
    viewer: &Viewer,
    id: MemberId,
    duties: &[Duty],
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE member SET duties = $1 WHERE workspace_id = $2 AND id = $3",
            args![json_text(duties)?, viewer.workspace, id],
        )
        .await?;
    found(rows, "member")
}

/// Ends or restores a membership. The last owner stays.
pub async fn set_disabled(
    tx: &mut Tx,
    viewer: &Viewer,
    id: MemberId,
    disabled: bool,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            format!("UPDATE member SET disabled = $1 WHERE workspace_id = $2 AND id = $3 AND ($1 = FALSE OR {NOT_LAST_OWNER})"),
            args![disabled, viewer.workspace, id],
        )
        .await?;
    not_the_last_owner(tx, viewer, id, rows).await
}

/// Makes a team.
pub async fn add_team(
    tx: &mut Tx,
    viewer: &Viewer,
    name: &str,
    now: Timestamp,
) -> Result<TeamId, StoreError> {
    let id = TeamId(tx.next_id(now));
    tx.run(
        "INSERT INTO team (id, workspace_id, name, created_at) VALUES ($1, $2, $3, $4)",
        args![id, viewer.workspace, name, now],
    )
    .await?;
    Ok(id)
}

/// Gives a team another name.
pub async fn rename_team(
    tx: &mut Tx,
    viewer: &Viewer,
    id: TeamId,
    name: &str,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE team SET name = $1 WHERE workspace_id = $2 AND id = $3",
            args![name, viewer.workspace, id],
        )
        .await?;
    found(rows, "team")
}

/// Teams of the workspace, by name.
pub async fn teams(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Team>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, name FROM team WHERE workspace_id = $1 ORDER BY name",
            args![viewer.workspace],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Team {
                id: row.id("id")?,
                name: row.text("name")?,
            })
        })
        .collect()
}

/// Puts a member into exactly these teams of the workspace.
pub async fn set_teams(
    tx: &mut Tx,
    viewer: &Viewer,
    id: MemberId,
    teams: &[TeamId],
) -> Result<(), StoreError> {
    get(tx, viewer, id).await?;
    tx.run(
        "DELETE FROM team_member WHERE workspace_id = $1 AND member_id = $2",
        args![viewer.workspace, id],
    )
    .await?;
    for team in teams {
        let rows = tx
            .run(
                "INSERT INTO team_member (member_id, team_id, workspace_id)
                 SELECT $1, t.id, t.workspace_id FROM team t WHERE t.id = $2 AND t.workspace_id = $3",
                args![id, *team, viewer.workspace],
            )
            .await?;
        found(rows, "team")?;
    }
    Ok(())
}
