//! Messages and templates against each other.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Ids with their lines as they stand in a file.
fn messages(lang: Lang) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut id = String::new();
    for line in source(lang).lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, text)) =
            line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            id = name.to_owned();
            assert!(all.insert(id.clone(), text.to_owned()).is_none(), "{lang:?}: `{id}` is there twice");
        } else if let Some(text) = all.get_mut(&id) {
            text.push_str(line);
        }
    }
    all
}

/// A particle after a name is chosen by its sound, or stands after a noun of ours.
#[test]
fn no_particle_hangs_on_a_name() {
    for (id, text) in messages(Lang::Ko) {
        for bare in ["</strong>로", "}로 ", "</strong>으로"] {
            assert!(!text.contains(bare), "{id}: {text}");
        }
    }
}

/// Ids that templates and code say, with how: `text`, `rich`, or `key` where that is decided elsewhere.
fn said() -> BTreeSet<(String, &'static str)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "templates"] {
        collect(&root.join(folder), &mut files);
    }
    let mut all = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (start, how) in STARTS {
            for rest in text.split(start).skip(1) {
                all.insert((rest.split('"').next().unwrap().to_owned(), how));
            }
        }
    }
    all
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.file_name().is_some_and(|name| name != "tests.rs") {
            files.push(path);
        }
    }
}

#[test]
fn both_files_can_be_read() {
    for lang in Lang::ALL {
        let read = FluentResource::try_new(source(lang).to_owned());
        assert!(read.is_ok(), "{lang:?}: {:?}", read.err().map(|(_, errors)| errors));
    }
}

#[test]
fn every_message_exists_in_every_language() {
    let ids = |lang| messages(lang).into_keys().collect::<Vec<_>>();
    assert_eq!(ids(Lang::En), ids(Lang::Ko));
}

#[test]
fn every_message_is_said_and_every_said_one_exists() {
    let exist: BTreeSet<String> = messages(Lang::En).into_keys().collect();
    let said: BTreeSet<String> = said().into_iter().map(|(id, _)| id).collect();
    let unused: Vec<_> = exist.difference(&said).collect();
    let unknown: Vec<_> = said.difference(&exist).collect();
    assert!(unused.is_empty() && unknown.is_empty(), "nobody says {unused:?}; nothing says {unknown:?}");
}

#[test]
fn markup_is_where_it_counts_and_is_of_few_kinds() {
    let plain: BTreeSet<String> =
        said().into_iter().filter(|(_, how)| *how != "rich").map(|(id, _)| id).collect();
    for lang in Lang::ALL {
        for (id, text) in messages(lang) {
            assert!(
                !(plain.contains(&id) && (text.contains('<') || text.contains('&'))),
                "{lang:?}: `{id}` is said as text"
            );
            for tag in text.split('<').skip(1) {
                let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap();
                assert!(
                    ["strong", "code", "time", "a", "br"].contains(&name),
                    "{lang:?}: `{id}` has <{name}>"
                );
            }
        }
    }
}

#[test]
fn english_stays_in_its_file() {
    // Sentences have two words in a row outside of tags and expressions; attribute names and classes have not.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut files = Vec::new();
    collect(&root, &mut files);
    for file in files {
        let mut text = fs::read_to_string(&file).unwrap();
        for (open, close) in [("<style>", "</style>"), ("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<", ">")] {
            while let Some(start) = text.find(open) {
                let end = text[start..].find(close).map_or(text.len(), |end| start + end + close.len());
                text.replace_range(start..end, " ");
            }
        }
        let words: Vec<&str> =
            text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).collect();
        // The command line's own words, the same in every language.
        let words: Vec<&str> =
            words.into_iter().filter(|word| !["cf", "login", "-a", "--sso"].contains(word)).collect();
        assert!(words.is_empty(), "{}: {words:?}", file.display());
    }
}

#[test]
fn values_are_escaped_where_markup_counts() {
    let words = Words::new(Lang::En);
    let said = words.rich("to-continue").with("client", "<b>&\"'");
    assert_eq!(said.to_string(), "to continue to <strong>&lt;b&gt;&amp;&quot;&#39;</strong>");
    assert_eq!(words.text("continue-with").with("provider", "<b>").to_string(), "Continue with <b>");
}

#[test]
fn particles_follow_the_name_itself() {
    let words = Words::new(Lang::Ko);
    let said = |client: &str| words.rich("to-continue").with("client", client).to_string();
    assert_eq!(said("Payroll Desk"), "로그인하면 <strong>Payroll Desk</strong>로 이동합니다");
    assert_eq!(said("급여 시스템"), "로그인하면 <strong>급여 시스템</strong>으로 이동합니다");
    assert_eq!(said("급여\""), "로그인하면 <strong>급여&quot;</strong>로 이동합니다");
}

const STARTS: [(&str, &str); 5] = [
    ("text(\"", "text"),
    ("text_at(\"", "text"),
    ("rich(\"", "rich"),
    ("rich_at(\"", "rich"),
    ("key(\"", "key"),
];
