//! The commands on stored data, run as people run them: import, export, backup, restore, doctor.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use auscult_model::workspace::WorkspaceSettings;
use auscult_store::{Store, StoreOptions, workspace};
use serde_json::Value;

/// A data directory with one workspace.
struct House {
    directory: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let house = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(house.data()).unwrap();
        #[cfg(unix)]
        fs::set_permissions(
            house.data(),
            std::os::unix::fs::PermissionsExt::from_mode(0o700),
        )
        .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let store =
                Store::open_sqlite(&house.data().join("auscult.db"), &StoreOptions::default())
                    .await
                    .unwrap();
            let mut tx = store.begin().await.unwrap();
            workspace::add(
                &mut tx,
                "harbour",
                "Harbour Hospital",
                &WorkspaceSettings::default(),
                jiff::Timestamp::from_second(1_780_000_000).unwrap(),
            )
            .await
            .unwrap();
            tx.commit().await.unwrap();
            store.close().await;
        });
        house
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(&self.data(), arguments)
    }

    fn import(&self, file: &str, more: &[&str]) -> (Option<i32>, Value) {
        let output = self.run(&[&["import", "csv", file, "--workspace", "harbour"], more].concat());
        (
            output.status.code(),
            serde_json::from_slice(&output.stdout).unwrap_or_default(),
        )
    }

    fn exported(&self) -> Vec<Value> {
        rows(&self.run(&["export", "posts", "--workspace", "1"]))
    }
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auscult"));
    command
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env_clear()
        .env("RUST_LOG", "warn")
        .output()
        .unwrap()
}

fn rows(output: &Output) -> Vec<Value> {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn reviews(count: usize) -> String {
    let mut text = "id,created_at,author,text,url,stars\n".to_owned();
    for number in 0..count {
        text.push_str(&format!("r-{number},2026-05-01T09:00:00Z,visitor,\"Kind people at the harbour, visit {number}.\",https://reviews.example/{number},5\n"));
    }
    text
}

#[test]
fn a_file_imported_twice_is_stored_once() {
    let house = House::new();
    let file = house.file("reviews.csv", &reviews(620));
    let (code, dry) = house.import(&file, &["--dry-run"]);
    assert_eq!((code, &dry["new"]), (Some(0), &Value::from(620)));
    assert_eq!(house.exported().len(), 0, "a dry run stores nothing");
    let (code, once) = house.import(&file, &[]);
    assert_eq!(
        (code, &once["new"], &once["known"]),
        (Some(0), &Value::from(620), &Value::from(0))
    );
    let (code, twice) = house.import(&file, &[]);
    assert_eq!(
        (code, &twice["new"], &twice["known"], &twice["refused"]),
        (Some(0), &Value::from(0), &Value::from(620), &Value::from(0))
    );
    let mut ids: Vec<String> = house
        .exported()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 620);
    let found = rows(&house.run(&[
        "export",
        "posts",
        "--workspace",
        "Harbour Hospital",
        "--query",
        "\"visit 619\"",
    ]));
    assert_eq!(found.len(), 1);
}

#[test]
fn bad_rows_are_named_and_good_ones_are_kept() {
    let house = House::new();
    let file = house.file(
        "bad.csv",
        "id,created_at,author,text,url,stars\nb-1,2026-05-01T09:00:00Z,visitor,Kept here,https://reviews.example/b1,5\nb-2,the day before,visitor,Refused here,https://reviews.example/b2,5\nb-3,2026-05-01T09:00:00Z,visitor,,,\n",
    );
    let (code, counts) = house.import(&file, &[]);
    assert_eq!(
        (code, &counts["new"], &counts["refused"]),
        (Some(0), &Value::from(1), &Value::from(2))
    );
    let refused = fs::read_to_string(format!("{file}.refused.jsonl")).unwrap();
    let refused: Vec<Value> = refused
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        refused
            .iter()
            .map(|row| row["line"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [3, 4]
    );
    assert!(
        refused
            .iter()
            .all(|row| !row["reason"].as_str().unwrap().is_empty())
    );
    assert_eq!(house.exported().len(), 1);

    assert_eq!(house.import("nothing.csv", &[]).0, Some(1));
    let elsewhere = house.run(&["import", "csv", &file, "--workspace", "nowhere"]);
    assert_eq!(elsewhere.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&elsewhere.stderr).contains("harbour"),
        "names the workspaces there are"
    );
    assert_eq!(house.run(&["import", "csv"]).status.code(), Some(2));
}

#[test]
fn cells_of_an_export_are_no_formulas() {
    let house = House::new();
    let line = "{\"id\":\"f-1\",\"text\":\"=HYPERLINK(\\\"http://x\\\"), he said\",\"created_at\":\"2026-05-01T09:00:00Z\"}\n";
    let file = house.file("posts.jsonl", line);
    assert!(
        house
            .run(&["import", "posts", &file, "--workspace", "harbour"])
            .status
            .success()
    );
    let csv = house.run(&[
        "export",
        "posts",
        "--workspace",
        "harbour",
        "--format",
        "csv",
    ]);
    let text = String::from_utf8(csv.stdout).unwrap();
    assert!(text.starts_with("id,source,kind,created_at"), "{text}");
    assert!(
        text.contains(",\"'=HYPERLINK(\"\"http://x\"\"), he said\","),
        "{text}"
    );
}

#[test]
fn a_backup_comes_back_and_the_doctor_looks() {
    let house = House::new();
    let file = house.file("reviews.csv", &reviews(30));
    assert_eq!(house.import(&file, &[]).0, Some(0));
    let copy = house.directory.path().join("copy.db");
    let copy_name = copy.display().to_string();
    let made = house.run(&["backup", &copy_name]);
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    assert_eq!(
        house.run(&["backup", &copy_name]).status.code(),
        Some(1),
        "never over another file"
    );
    assert_eq!(
        house.run(&["restore", &copy_name]).status.code(),
        Some(1),
        "never over a store"
    );

    let other = house.directory.path().join("restored");
    let key = house.data().join("auscult.key").display().to_string();
    let restored = run(&other, &["restore", &copy_name, "--key", &key]);
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    assert_eq!(
        rows(&run(&other, &["export", "posts", "--workspace", "harbour"])),
        house.exported()
    );

    let seen = run(&other, &["doctor"]);
    let words = String::from_utf8(seen.stdout).unwrap();
    assert_eq!(seen.status.code(), Some(0), "{words}");
    assert!(
        words.contains("workspace: harbour (Harbour Hospital)"),
        "{words}"
    );
    #[cfg(unix)]
    fs::set_permissions(
        other.join("auscult.key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let open = run(&other, &["doctor"]);
    assert_eq!(open.status.code(), Some(1));
    assert!(
        String::from_utf8(open.stdout)
            .unwrap()
            .contains("chmod 600")
    );

    fs::write(&copy, b"no store").unwrap();
    let damaged = run(
        &house.directory.path().join("third"),
        &["restore", &copy_name],
    );
    assert_eq!(damaged.status.code(), Some(1));
}

#[test]
fn people_are_added_by_a_password_on_standard_input() {
    use std::io::Write;
    let house = House::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_auscult"));
    command
        .args([
            "user",
            "add",
            "maeve@hospital.example",
            "--name",
            "Maeve Tierney",
            "--role",
            "owner",
            "--workspace",
            "harbour",
            "--data",
        ])
        .arg(house.data());
    let mut child = command
        .env_clear()
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"a long enough password 1\n")
        .unwrap();
    assert!(child.wait().unwrap().success());
    let listed = rows(&house.run(&["user", "list"]));
    assert_eq!(
        (listed[0]["email"].as_str(), listed[0]["role"].as_str()),
        (Some("maeve@hospital.example"), Some("owner"))
    );
    let hook = rows(&house.run(&[
        "channel",
        "add",
        "webhook",
        "--name",
        "Form",
        "--workspace",
        "harbour",
    ]));
    assert!(hook[0]["secret"].as_str().unwrap().starts_with("whsec_"));
}

#[test]
fn queries_of_other_suites_are_brought() {
    let house = House::new();
    let import = |suite: &str, file: &str, more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_auscult"))
            .args(["watch", "import", "--from", suite, file])
            .args(more)
            .env_clear()
            .output()
            .unwrap()
    };
    // One query as it is, over several lines.
    let file = house.file(
        "query.txt",
        "((hospital OR clinic) NEAR/5f queue)\nNOT objects:39\n",
    );
    let found = rows(&import("brandwatch", &file, &[]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["query"], "(hospital OR clinic) ONEAR/5 queue");
    assert_eq!(found[0]["remarks"][1]["kind"], "left_out");
    assert_eq!(found[0]["remarks"][1]["hears"], "more");
    assert_eq!(found[0]["remarks"][1]["text"], "objects:39");
    // Rows with ids, a list, and one that is broken.
    let queries = house.file(
        "queries.jsonl",
        "{\"id\":\"a\",\"query\":\"authorlist:press and hospital\"}\n{\"id\":\"b\",\"query\":\"(hospital\"}\n",
    );
    let lists = house.file(
        "lists.jsonl",
        "{\"name\":\"press\",\"entries\":[\"rte\"]}\n",
    );
    let found = rows(&import("meltwater", &queries, &["--lists", &lists]));
    assert_eq!(found[0]["id"], "a");
    assert_eq!(found[0]["query"], "author:list:press AND hospital");
    assert_eq!(found[1]["query"], Value::Null);
    assert_eq!(found[1]["errors"][0]["text"], "(");
    let strict = import("meltwater", &queries, &["--strict"]);
    assert_eq!(strict.status.code(), Some(2));
    assert_eq!(import("sprinklr", &file, &[]).status.code(), Some(2));
}
