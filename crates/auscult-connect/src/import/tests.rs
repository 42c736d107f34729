//! Files as people bring them.

use auscult_model::post::PostKind;
use proptest::prelude::*;

use super::*;

fn read_with(file: &[u8], options: &Options) -> (Vec<InboundPost>, Vec<RowError>) {
    let reader = Reader::new(file, options).unwrap_or_else(|error| panic!("{error}"));
    let (mut posts, mut errors) = (Vec::new(), Vec::new());
    for row in reader {
        match row {
            Ok(post) => posts.push(post),
            Err(error) => errors.push(error),
        }
    }
    (posts, errors)
}

fn read(file: &str) -> (Vec<InboundPost>, Vec<RowError>) {
    read_with(file.as_bytes(), &Options::default())
}

fn refused(file: &str) -> String {
    match Reader::new(file.as_bytes(), &Options::default()) {
        Ok(_) => panic!("accepted {file}"),
        Err(error) => error.to_string(),
    }
}

const BRANDWATCH: &str = "Report:,Riverside\nBrand:,\"Riverside, main\"\nFrom:,2026-11-01\nTo:,2026-11-03\nLabel:,\n\n\
Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Country,Author,Full Name,Full Text,Reach (new),Impressions,Resource Id\n\
Riverside,2026-11-02 09:14:05,,\"waited 3h\",https://x.com/tess/status/1984000000000000001,x.com,negative,twitter,en,USA,tess,Tess,\"@riverside waited\n3h\",321,42,1.984E+18\n\
Riverside,2026-11-02 10:00:00,Ward opens,\"short\",https://gazette.example/a?utm_source=x,gazette.example,neutral,news,en,USA,,R. Dahl,,1,\"1,200\",\n";

#[test]
fn a_preamble_a_line_break_and_a_damaged_id_are_no_trouble() {
    let (posts, errors) = read(BRANDWATCH);
    assert_eq!(errors, []);
    let tess = &posts[0];
    assert_eq!(tess.post.source.as_deref(), Some("x"));
    assert_eq!(tess.post.id, "1984000000000000001");
    assert_eq!(tess.post.text.as_deref(), Some("@riverside waited\n3h"));
    assert_eq!(
        tess.post.created_at.as_deref(),
        Some("2026-11-02T09:14:05Z")
    );
    assert_eq!(tess.post.views, Some(42.0));
    let news = &posts[1];
    assert_eq!(news.post.kind, Some(PostKind::Article));
    assert_eq!(news.post.id, "https://gazette.example/a");
    assert_eq!(
        news.post.text.as_deref(),
        Some("short"),
        "the snippet stands in for the licensed text"
    );
    assert_eq!(news.post.views, Some(1200.0));
    let detected = detect(BRANDWATCH.as_bytes(), &Options::default()).unwrap();
    assert_eq!(
        (detected.preset.as_deref(), detected.header_line),
        (Some("brandwatch"), 7)
    );
    assert_eq!(detected.preview.len(), 2);
}

#[test]
fn encodings_and_delimiters_are_found_out() {
    let text = "Datum;date;author;text;stars\n1;2026-11-02;Zo\u{eb};Sch\u{f6}nes Zimmer, gute Pflege;4,5\n";
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let naked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let western = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let marked = format!("\u{feff}{text}").into_bytes();
    for file in [text.as_bytes().to_vec(), marked, utf16, naked, western] {
        let (posts, errors) = read_with(&file, &Options::default());
        assert_eq!(errors, []);
        assert_eq!(
            posts[0].post.text.as_deref(),
            Some("Sch\u{f6}nes Zimmer, gute Pflege")
        );
        assert_eq!(posts[0].post.stars, Some(4.5));
        assert_eq!(
            posts[0].post.author.as_ref().unwrap().name.as_deref(),
            Some("Zo\u{eb}")
        );
    }
    let tabs = "sep=\t\ndate\ttext\turl\n2026-11-02\ta, b\thttps://a.example/1\n";
    assert_eq!(read(tabs).0[0].post.text.as_deref(), Some("a, b"));
}

#[test]
fn letters_that_turn_up_late_are_read_as_western() {
    let mut file = b"id,date,text\n".to_vec();
    for row in 0..20_000 {
        file.extend_from_slice(format!("{row},2026-11-02,plain words here\n").as_bytes());
    }
    file.extend_from_slice(b"x,2026-11-02,caf\xe9\n");
    let (posts, errors) = read_with(&file, &Options::default());
    assert_eq!(errors, []);
    assert_eq!(posts.len(), 20_001);
    assert_eq!(posts[20_000].post.text.as_deref(), Some("caf\u{e9}"));
    let (posts, errors) = read_with(
        "id,date,text\n1,2026-11-02,caf\u{e9}\n".as_bytes(),
        &Options::default(),
    );
    assert_eq!((posts.len(), errors.len()), (1, 0));
    let mut mixed = "id,date,text\n1,2026-11-02,caf\u{e9}\n".as_bytes().to_vec();
    mixed.extend(std::iter::repeat_n(b"2,2026-11-02,more words\n".to_vec(), 12_000).flatten());
    mixed.extend_from_slice(b"3,2026-11-02,caf\xe9\n4,2026-11-02,end\n");
    let (posts, errors) = read_with(&mixed, &Options::default());
    assert_eq!(posts.len(), 12_002);
    assert_eq!(errors[0].column.as_deref(), Some("text"));
}

#[test]
fn swapped_columns_are_refused_in_plain_words() {
    let dates = refused(
        "date,author,text\nthe staff were so kind to me,ana,2026-11-02\nI waited for three long hours,bob,2026-11-03\n",
    );
    assert!(
        dates.contains("“date”") && dates.contains("“text”") && dates.contains("swapped"),
        "{dates}"
    );
    let addresses =
        refused("date,url,text\n2026-11-02,waited for three long hours,https://a.example/1\n");
    assert!(addresses.contains("“url”"), "{addresses}");
    let names = refused(
        "date,author,text\n2026-11-01,the staff were so very kind,ana\n2026-11-02,we had to wait three hours,bob\n2026-11-03,food was cold again this morning,eve\n",
    );
    assert!(names.contains("“author”"), "{names}");
    let ratings = refused(
        "date,rating,text\n2026-11-02,they were all so kind,5\n2026-11-03,never again will I go,1\n",
    );
    assert!(ratings.contains("“rating”"), "{ratings}");
}

#[test]
fn good_rows_are_kept_around_bad_ones() {
    let long = "x".repeat(2 << 20);
    let file = format!(
        "id,date,text,url\n1,2026-11-02,good,https://a.example/1\n2,someday,bad date,https://a.example/2\n\
         3,2026-11-02,bad address,nowhere\n4,2026-11-02,{long},\n5,2026-11-02,too,many,cells,here\n6,2026-11-02,,\n\
         7,2026-11-02,\"open quote\n8,2026-11-02,\"fine\",\n9,2026-11-02,short row\n"
    );
    let (posts, errors) = read(&file);
    let ids: Vec<&str> = posts
        .iter()
        .map(|inbound| inbound.post.id.as_str())
        .collect();
    assert_eq!(ids, ["1", "8", "9"]);
    let places: Vec<(u64, Option<&str>)> = errors
        .iter()
        .map(|error| (error.line, error.column.as_deref()))
        .collect();
    assert_eq!(
        places,
        [
            (3, Some("date")),
            (4, Some("url")),
            (5, None),
            (6, None),
            (7, Some("text")),
            (8, None)
        ]
    );
    assert!(
        errors
            .iter()
            .all(|error| !error.mend.is_empty() && !error.expected.is_empty())
    );
    assert!(errors[0].row.starts_with("2,someday"));
    assert!(
        errors[0]
            .to_string()
            .starts_with("line 3, “date”: expected a date")
    );
}

#[test]
fn a_saved_mapping_goes_before_presets() {
    let mapping = Mapping::parse(
        "source = \"survey\"\nkind = \"review\"\ntime_zone = \"Europe/Dublin\"\ndate_order = \"dmy\"\nscale = 10\n\
         [columns]\ntext = [\"What was good?\", \"What was bad?\"]\ncreated_at = \"When\"\nstars = \"Mark\"",
    )
    .unwrap();
    let options = Options {
        mapping: Some(mapping),
        ..Options::default()
    };
    let file = "When,Mark,What was good?,What was bad?\n03/07/2026 10:00,8,,Parking\n";
    let (posts, errors) = read_with(file.as_bytes(), &options);
    assert_eq!(errors, []);
    let inbound = &posts[0];
    assert_eq!(
        inbound.post.created_at.as_deref(),
        Some("2026-07-03T09:00:00Z")
    );
    assert_eq!(
        (inbound.post.stars, inbound.post.kind),
        (Some(4.0), Some(PostKind::Review))
    );
    assert_eq!(inbound.post.text.as_deref(), Some("Parking"));
    assert!(inbound.post.id.starts_with("sha256:"));
    let wrong = Reader::new("When,Mark\n1,2\n".as_bytes(), &options)
        .err()
        .unwrap()
        .to_string();
    assert!(
        wrong.contains("What was good?") && wrong.contains("When, Mark"),
        "{wrong}"
    );
}

#[test]
fn a_date_with_two_readings_asks_and_the_file_may_answer() {
    let (posts, errors) = read("date,text,author\n03/04/2026,fine words,ana\n");
    assert!(posts.is_empty() && errors[0].mend.contains("date_order"));
    let (posts, _) =
        read("date,text,author\n03/04/2026,fine words,ana\n13/04/2026,more words,ana\n");
    assert_eq!(
        posts[0].post.created_at.as_deref(),
        Some("2026-04-03T00:00:00Z")
    );
}

#[test]
fn reviews_say_whom_they_are_about() {
    let (posts, errors) = read(
        "Date,Location,Provider,Rating,Review,Reviewer,Response,Response Date,URL,Source\n\
         2026-11-02,Riverside Main,Dr. Ada Moss,4 stars,She listened.,Visitor,Thank you,2026-11-03,,Google\n",
    );
    assert_eq!(errors, []);
    let post = &posts[0].post;
    assert_eq!(post.title.as_deref(), Some("Dr. Ada Moss, Riverside Main"));
    assert_eq!(
        (post.stars, post.kind, post.source.as_deref()),
        (Some(4.0), Some(PostKind::Review), Some("google"))
    );
}

#[test]
fn the_same_file_gives_the_same_names() {
    let file =
        "date,author,text\n2026-11-02 10:00,ana,hello there\n2026-11-02 10:01,ana,hello there\n";
    let names = |file: &str| {
        read(file)
            .0
            .into_iter()
            .map(|inbound| inbound.post.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(file), names(file));
    assert_ne!(
        names(file)[0],
        names(file)[1],
        "another minute is another post"
    );
}

#[test]
fn json_lines_read_posts_and_items_and_name_what_breaks() {
    let long = "x".repeat(2 << 20);
    let file = format!(
        "{{\"id\":\"p1\",\"source\":\"bluesky\",\"text\":\"hello\"}}\n\n{{\"id\":\"p2\",\"type\":\"review\",\"rating\":4,\"text\":\"fine\"}}\n\
         {{\"id\":\"p3\",\n{{\"id\":\"p4\",\"text\":\"{long}\"}}\n{{\"text\":\"nameless\"}}\n{{\"id\":\"p6\",\"text\":5}}\n{{\"id\":\"p7\",\"deleted\":true}}"
    );
    let (posts, errors) = read(&file);
    let ids: Vec<&str> = posts
        .iter()
        .map(|inbound| inbound.post.id.as_str())
        .collect();
    assert_eq!(&ids[..2], ["p1", "p2"]);
    assert!(ids[2].starts_with("sha256:"));
    let lines: Vec<u64> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [4, 5, 7, 8]);
    assert_eq!(errors[2].column.as_deref(), Some("/text"));
    let (_, errors) = read_with(
        b"{\"id\":\"a\",\"text\":\"\xff\"}\n",
        &Options {
            format: Some(Format::JsonLines),
            mapping: Some(Mapping {
                encoding: Some("utf-8".into()),
                ..Mapping::default()
            }),
            ..Options::default()
        },
    );
    assert!(errors[0].expected.contains("UTF-8"));
}

#[test]
fn what_is_no_table_is_refused_with_a_way_out() {
    for (file, word) in [
        ("", "empty"),
        ("PK\u{3}\u{4}zip", "save the sheet"),
        ("<html><body>sign in", "web page"),
        ("a,b\n1,2\n", "header"),
        ("date,likes,author\n2026-11-02,4,ana\n", "text"),
        ("a\0b,c", "no text"),
    ] {
        assert!(refused(file).contains(word), "{word}: {}", refused(file));
    }
}

#[test]
fn limits_stop_with_a_word() {
    let limits = Limits {
        rows: 2,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let (posts, errors) = read_with(
        b"id,date,text\n1,2026-11-02,a\n2,2026-11-02,b\n3,2026-11-02,c\n",
        &options,
    );
    assert_eq!((posts.len(), errors.len()), (1, 1));
    let options = Options {
        limits: Limits {
            file: 60,
            ..Limits::default()
        },
        ..Options::default()
    };
    let (_, errors) = read_with(
        "id,date,text\n1,2026-11-02,a word\n".repeat(50).as_bytes(),
        &options,
    );
    assert!(errors.last().unwrap().expected.contains("60 bytes"));
}

#[test]
fn exported_cells_are_no_formulas() {
    for cell in ["=1+1", "+1", "-1", "@a", "\tx", "\rx"] {
        assert_eq!(csv_safe(cell), format!("'{cell}"));
    }
    assert_eq!(csv_safe("a=b"), "a=b");
}

#[test]
fn numbers_in_many_hands() {
    for (text, value) in [
        ("1,200", 1200.0),
        ("1.200,5", 1200.5),
        ("4,5", 4.5),
        ("1.2K", 1200.0),
        ("12", 12.0),
        ("1 200", 1200.0),
    ] {
        assert_eq!(row::number(text, None), Some(value), "{text}");
    }
    for (text, stars) in [
        ("8 out of 10", 4.0),
        ("★★★★☆", 4.0),
        ("3/5", 3.0),
        ("4 stars", 4.0),
        ("4,5", 4.5),
    ] {
        assert_eq!(row::rating(text, 5.0, None), Some(stars), "{text}");
    }
    assert_eq!(row::rating("9", 5.0, None), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for format in [None, Some(Format::Csv), Some(Format::JsonLines)] {
            let options = Options { format, ..Options::default() };
            if let Ok(reader) = Reader::new(bytes.as_slice(), &options) {
                prop_assert!(reader.count() <= bytes.len() + 1);
            }
        }
    }

    #[test]
    fn any_rows_below_a_header_are_posts_or_errors_with_their_line(
        rows in proptest::collection::vec("[ -~\u{e9}\n\"]{0,40}", 0..12)
    ) {
        let file = format!("id,date,text,url,rating\n{}", rows.join("\n"));
        if let Ok(reader) = Reader::new(file.as_bytes(), &Options::default()) {
            for row in reader {
                match row {
                    Ok(inbound) => prop_assert!(!inbound.post.id.is_empty()),
                    Err(error) => prop_assert!(error.line >= 2),
                }
            }
        }
    }
}
