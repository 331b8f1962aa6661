use super::Config;
use super::keys::{Key, Shape, keys};
use super::locate::{Place, Step, locate, locate_key};
use serde_json::{Map, Value};
use serde_norway::Value as Yaml;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where values come from. Later ones win: file, variables, arguments.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The YAML file; none means defaults.
    pub file: Option<PathBuf>,
    /// Names and values of all variables that begin with `HALLMARK_`, but `HALLMARK_CONFIG`.
    pub variables: Vec<(String, String)>,
    /// Path of the key, the argument as it was written, its value.
    pub arguments: Vec<(&'static str, &'static str, String)>,
}

impl Sources {
    /// A file that an argument names, else the one of `HALLMARK_CONFIG`; and the process's variables.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let named = std::env::var_os("HALLMARK_CONFIG").filter(|name| !name.is_empty()).map(PathBuf::from);
        let lossy = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
        };
        let ours = |(name, _): &(String, String)| {
            name.starts_with("HALLMARK_") && name != "HALLMARK_CONFIG" && !is_of_kubernetes(name)
        };
        Sources {
            file: file.or(named),
            variables: std::env::vars_os().map(lossy).filter(ours).collect(),
            arguments: Vec::new(),
        }
    }
}

/// What Kubernetes sets in every container for a service named `hallmark`: nobody's configuration.
fn is_of_kubernetes(name: &str) -> bool {
    ["HALLMARK_SERVICE_", "HALLMARK_PORT"].iter().any(|start| name.starts_with(start))
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the file, at a line and column from 1 where they are known.
    File(PathBuf, Option<(usize, usize)>),
    /// In a variable or argument of that name.
    Named(String),
    /// Nowhere: a default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File(file, Some((line, column))) => write!(f, "{}:{line}:{column}", file.display()),
            Origin::File(file, None) => write!(f, "{}", file.display()),
            Origin::Named(name) => f.write_str(name),
            Origin::Default => f.write_str("configuration"),
        }
    }
}

/// One thing that is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Origin,
    /// What, and what to do. It never repeats a value that may be secret.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.text)
    }
}

/// Everything that is wrong with a configuration, one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}

pub(super) fn load(sources: &Sources) -> Result<Config, Problems> {
    let mut merge = Merge::new(sources.file.clone());
    merge.read_file();
    for (name, value) in &sources.variables {
        merge.variable(name, value);
    }
    for (path, argument, value) in &sources.arguments {
        merge.set(path, argument, value);
    }
    merge.finish()
}

/// The values so far, and what is wrong with them.
struct Merge {
    keys: Vec<Key>,
    file: Option<PathBuf>,
    text: String,
    tree: Map<String, Value>,
    named: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Merge {
    fn new(file: Option<PathBuf>) -> Self {
        let (text, tree) = (String::new(), Map::new());
        Merge { keys: keys(), file, text, tree, named: BTreeMap::new(), problems: Vec::new() }
    }

    fn read_file(&mut self) {
        let Some(file) = self.file.clone() else { return };
        match std::fs::read_to_string(&file) {
            Ok(text) => self.text = text,
            Err(error) => {
                let text = format!("cannot be read: {error}; name a readable file with `--config`");
                return self.problem(Origin::File(file, None), text);
            }
        }
        let parsed = serde_norway::from_str::<Yaml>(&self.text).and_then(|mut value| {
            value.apply_merge()?;
            Ok(value)
        });
        match parsed {
            Ok(Yaml::Null) => {}
            Ok(value) => {
                if let Some(Value::Object(tree)) = self.value(&value, &mut Vec::new()) {
                    self.tree = tree;
                }
            }
            Err(error) => {
                let at = error.location().map(|at| (at.line(), at.column()));
                let whole = error.to_string();
                let text = whole.split(" at line ").next().unwrap_or_default();
                self.problem(Origin::File(file, at), format!("is not YAML: {text}"));
            }
        }
    }

    /// Takes over a value of the file whose key is known, checking its shape. Empty keys count as absent.
    fn value(&mut self, value: &Yaml, path: &mut Vec<Step>) -> Option<Value> {
        let shape = self.shape(&dotted(path))?;
        match (shape, value) {
            (_, Yaml::Null) => None,
            (Shape::Block, Yaml::Mapping(map)) => {
                let mut block = Map::new();
                for (key, value) in map {
                    let Some(name) = key.as_str() else {
                        self.wrong(path, "has a key that is not text; put the key in quotes");
                        continue;
                    };
                    path.push(Step::Key(name.to_owned()));
                    if self.shape(&dotted(path)).is_none() {
                        let at = self.in_file(locate_key(&self.text, path));
                        let text = self.unknown(path);
                        self.problem(at, text);
                    } else if let Some(value) = self.value(value, path) {
                        block.insert(name.to_owned(), value);
                    }
                    path.pop();
                }
                Some(Value::Object(block))
            }
            (Shape::List, Yaml::Sequence(items)) => Some(self.list(items, path)),
            (Shape::Flag, Yaml::Bool(flag)) => Some(Value::Bool(*flag)),
            (Shape::Text, Yaml::String(text)) => Some(Value::String(text.clone())),
            (Shape::Number, Yaml::Number(number)) => {
                let whole = number.as_u64().map(Value::from).or_else(|| number.as_i64().map(Value::from));
                Some(whole.unwrap_or_else(|| Value::from(number.as_f64().unwrap_or_default())))
            }
            (shape, _) => {
                self.wrong(path, expectation(shape));
                None
            }
        }
    }

    fn list(&mut self, items: &[Yaml], path: &mut Vec<Step>) -> Value {
        let mut list = Vec::new();
        for (at, item) in items.iter().enumerate() {
            path.push(Step::Item(at));
            match item.as_str() {
                Some(text) => list.push(Value::from(text)),
                None => self.wrong(path, "must be text; put it in quotes"),
            }
            path.pop();
        }
        Value::Array(list)
    }

    fn variable(&mut self, name: &str, value: &str) {
        if let Some(key) = self.keys.iter().find(|key| key.variable() == name) {
            let path = key.path.clone();
            return self.set(&path, name, value);
        }
        let near = nearest(name, self.keys.iter().filter(|k| k.shape != Shape::Block).map(Key::variable));
        let help = near.map_or_else(
            || "unset it; `hallmark config schema` shows every key".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        self.problem(Origin::Named(name.to_owned()), format!("no key has this variable; {help}"));
    }

    /// A value from outside the file: text that is read as the key needs it.
    fn set(&mut self, path: &str, name: &str, text: &str) {
        let value = match self.shape(path) {
            Some(Shape::Text) => Some(Value::from(text)),
            Some(Shape::Flag) => text.parse().ok().map(Value::Bool),
            Some(Shape::Number) => text.trim().parse::<u64>().ok().map(Value::from),
            Some(Shape::List) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(items.map(Value::from).collect())
            }
            Some(Shape::Block) | None => None,
        };
        let Some(value) = value else {
            let help = self.shape(path).map_or("names no key", expectation);
            return self.problem(Origin::Named(name.to_owned()), format!("`{path}` {help}"));
        };
        self.named.insert(path.to_owned(), name.to_owned());
        let mut block = &mut self.tree;
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            if steps.peek().is_none() {
                block.insert(step.to_owned(), value);
                return;
            }
            let inner = block.entry(step).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(next) = inner else { return };
            block = next;
        }
    }

    fn finish(mut self) -> Result<Config, Problems> {
        let tree = Value::Object(std::mem::take(&mut self.tree));
        let typed = serde_path_to_error::deserialize::<_, Config>(tree);
        let wrong = match typed {
            Ok(config) => match config.check() {
                Ok(()) if self.problems.is_empty() => return Ok(config),
                Ok(()) => None,
                Err((path, text)) => Some((steps(path), text)),
            },
            Err(error) => Some((steps(&error.path().to_string()), error.inner().to_string())),
        };
        if let Some((path, text)) = wrong {
            let at = self.origin(&path);
            self.problem(at, format!("`{}` {}", dotted(&path), said(&text)));
        }
        Err(Problems(self.problems))
    }

    /// Where the value was written that counts.
    fn origin(&self, path: &[Step]) -> Origin {
        let key = dotted(path);
        let inside = |name: &str| name == key || name.strip_prefix(&key).is_some_and(|n| n.starts_with('.'));
        let list = |name: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
        if let Some((_, name)) = self.named.iter().find(|(name, _)| inside(name) || list(name)) {
            return Origin::Named(name.clone());
        }
        match locate(&self.text, path) {
            Some(place) => self.in_file(Some(place)),
            None => Origin::Default,
        }
    }

    fn in_file(&self, place: Option<Place>) -> Origin {
        Origin::File(self.file.clone().unwrap_or_else(|| Path::new("configuration").into()), place)
    }

    fn wrong(&mut self, path: &[Step], text: &str) {
        let at = self.in_file(locate(&self.text, path));
        let subject = if path.is_empty() { "the file".into() } else { format!("`{}`", dotted(path)) };
        self.problem(at, format!("{subject} {text}"));
    }

    fn problem(&mut self, at: Origin, text: String) {
        self.problems.push(Problem { at, text });
    }

    fn shape(&self, path: &str) -> Option<Shape> {
        if path.is_empty() {
            return Some(Shape::Block);
        }
        self.keys.iter().find(|key| key.path == path).map(|key| key.shape)
    }

    /// The text about a key that does not exist: the nearest beside it, else one of the same name elsewhere.
    fn unknown(&self, path: &[Step]) -> String {
        let whole = dotted(path);
        let (block, name) = whole.rsplit_once('.').unwrap_or(("", &whole));
        let beside = |key: &&Key| key.path.rsplit_once('.').map_or("", |(block, _)| block) == block;
        let last = |key: &Key| key.path.rsplit('.').next().unwrap_or_default().to_owned();
        let siblings: Vec<_> = self.keys.iter().filter(beside).map(last).collect();
        let elsewhere = || self.keys.iter().find(|key| last(key) == name).map(|key| key.path.clone());
        let help = match nearest(name, siblings.iter().cloned()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => match elsewhere() {
                Some(path) => format!("did you mean `{path}`? Move it there"),
                None => format!("remove it, or use one of {}", quoted(&siblings)),
            },
        };
        let place = if block.is_empty() { String::new() } else { format!(" in `{block}`") };
        format!("unknown key `{name}`{place}; {help}")
    }
}

/// What serde says, as an operator would say it.
fn said(text: &str) -> String {
    let Some((found, expected)) = text.split_once(", expected ") else { return text.to_owned() };
    let kinds = ["invalid value: ", "invalid type: ", "unknown variant "];
    let found = kinds.iter().find_map(|kind| found.strip_prefix(kind)).unwrap_or(found);
    format!("must be {expected}, not {found}")
}

fn expectation(shape: Shape) -> &'static str {
    match shape {
        Shape::Block => "is a block of keys; write them below it, indented",
        Shape::List => "must be a list; write it as `[one, two]`",
        Shape::Number => "must be a whole number without quotes or unit",
        Shape::Flag => "must be `true` or `false`",
        Shape::Text => "must be text; put it in quotes",
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// `a.b[1]`, as operators and serde write it.
fn dotted(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
            Step::Item(at) => text.push_str(&format!("[{at}]")),
        }
    }
    text
}

fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let (key, items) = part.split_once('[').unwrap_or((part, ""));
        steps.push(Step::Key(key.to_owned()));
        let numbers = items.split(['[', ']']).filter_map(|n| n.parse().ok());
        steps.extend(numbers.map(Step::Item));
    }
    steps
}

/// The name that a slip of the hand turns into this one, if any.
fn nearest(name: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let scored = names.map(|other| (distance(name, &other), other));
    scored.filter(|(far, other)| *far <= 1 + other.len() / 5).min().map(|(_, other)| other)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = corner + usize::from(left != *right);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}
