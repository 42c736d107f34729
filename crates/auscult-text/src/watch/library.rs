//! Lists and watches that watches may name, and phase IV: references judged by what they lead to
//! (docs/specs/watch-language.md, 7 and 8).

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]
#![expect(
    clippy::semicolon_if_nothing_returned,
    reason = "the call is the answer"
)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::error::{Code, Fault, Span, WatchError};
use super::tree::{Kind, Node};
use super::{Parsed, read};

/// What a watch may refer to: named lists and other watches of the same workspace.
#[derive(Debug, Clone, Default)]
pub struct Library {
    lists: HashMap<String, Arc<Entries>>,
    watches: HashMap<String, Entry>,
    /// Watches that name other watches.
    linked: HashSet<String>,
    /// Faults of phase IV; watches that have none are left out.
    broken: HashMap<String, Vec<Fault>>,
    traits: HashMap<String, Shape>,
    viewer: Option<String>,
}

/// The entries of a list.
#[derive(Debug)]
pub(crate) struct Entries {
    raw: Vec<String>,
    words: Vec<Kind>,
}

impl Entries {
    pub(crate) fn raw(&self) -> &[String] {
        &self.raw
    }

    /// The entries that are words, phrases, hashtags or mentions; the others are skipped.
    pub(crate) fn words(&self) -> &[Kind] {
        &self.words
    }
}

#[derive(Debug, Clone)]
struct Entry {
    query: Box<str>,
    /// Whether phases I to III found nothing.
    sound: bool,
    links: Vec<String>,
    shape: Shape,
}

/// What another watch must know of one it refers to.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    /// It yields spans.
    positional: bool,
    /// A text field or `raw:` stands in it.
    has_text_field: bool,
}

impl Library {
    /// A library in which nothing is named yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says who is signed in: `assignee:me` is allowed then and means this value.
    #[must_use]
    pub fn with_viewer(mut self, viewer: &str) -> Self {
        self.viewer = Some(viewer.to_owned());
        self
    }

    pub(crate) fn viewer(&self) -> Option<&str> {
        self.viewer.as_deref()
    }

    /// Makes or replaces a list.
    pub fn set_list(&mut self, name: &str, entries: &[String]) {
        let words = entries
            .iter()
            .filter_map(|entry| read::entry(entry))
            .collect();
        self.lists.insert(
            name.to_owned(),
            Arc::new(Entries {
                raw: entries.to_vec(),
                words,
            }),
        );
    }

    /// Removes a list.
    pub fn remove_list(&mut self, name: &str) {
        self.lists.remove(name);
    }

    pub(crate) fn list(&self, name: &str) -> Option<&Arc<Entries>> {
        self.lists.get(name)
    }

    /// Makes or replaces a watch; the errors are those of phases I to III.
    /// Call [`Library::settle`] when all are in.
    pub fn set_watch(&mut self, name: &str, query: &str) -> Parsed {
        let parsed = super::parse_in(query, self);
        self.keep(name, query, parsed.tree.as_deref());
        parsed
    }

    pub(crate) fn keep(&mut self, name: &str, query: &str, tree: Option<&Node>) {
        let mut links = Vec::new();
        if let Some(tree) = tree {
            visit(tree, &mut |node| {
                if let Kind::Watch(link) = &node.kind {
                    links.push(link.clone());
                }
            });
        }
        if links.is_empty() {
            self.linked.remove(name);
        } else {
            self.linked.insert(name.to_owned());
        }
        let shape = tree.map(|tree| self.shape(tree)).unwrap_or_default();
        let entry = Entry {
            query: query.into(),
            sound: tree.is_some(),
            links,
            shape,
        };
        self.watches.insert(name.to_owned(), entry);
    }

    /// Removes a watch.
    pub fn remove_watch(&mut self, name: &str) {
        self.watches.remove(name);
        self.linked.remove(name);
    }

    /// The text of a watch.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.watches.get(name).map(|entry| &*entry.query)
    }

    /// Whether any watch names another one.
    pub(crate) fn has_links(&self) -> bool {
        !self.linked.is_empty()
    }

    /// The tree of a watch without faults.
    pub(crate) fn tree(&self, name: &str) -> Option<Arc<Node>> {
        let entry = self.watches.get(name)?;
        (entry.sound && !self.broken.contains_key(name))
            .then(|| super::parse_in(&entry.query, self).tree)
            .flatten()
    }

    /// Judges every reference anew.
    pub fn settle(&mut self) {
        self.broken.clear();
        self.traits.clear();
        if self.linked.is_empty() {
            return;
        }
        for group in self.circles() {
            let circle: HashSet<&str> = if group.len() > 1 || self.names_itself(group.first()) {
                group.iter().map(String::as_str).collect()
            } else {
                HashSet::new()
            };
            for name in &group {
                self.judge(name, &circle);
            }
        }
    }

    /// Faults of phase IV of a watch, in words.
    pub fn errors(&self, name: &str) -> Vec<WatchError> {
        let Some(entry) = self.watches.get(name) else {
            return Vec::new();
        };
        self.broken
            .get(name)
            .map(|faults| {
                faults
                    .iter()
                    .map(|fault| fault.in_words(&entry.query))
                    .collect()
            })
            .unwrap_or_default()
    }

    /// Faults of phase IV of a tree that is not kept under a name.
    pub(crate) fn faults_of(&self, tree: &Node) -> Vec<Fault> {
        let mut faults = self.reference_faults(tree, &HashSet::new());
        faults.sort();
        faults
    }

    fn names_itself(&self, name: Option<&String>) -> bool {
        name.is_some_and(|name| {
            self.watches
                .get(name)
                .is_some_and(|entry| entry.links.contains(name))
        })
    }

    fn judge(&mut self, name: &str, circle: &HashSet<&str>) {
        let Some(entry) = self.watches.get(name).filter(|entry| entry.sound) else {
            return;
        };
        if !circle.is_empty() {
            // Those of the circle are broken for each other before any of them is judged.
            self.broken.entry(name.to_owned()).or_default();
        }
        let Some(tree) = super::parse_in(&entry.query, self).tree else {
            return;
        };
        let mut faults = self.reference_faults(&tree, circle);
        faults.sort();
        if !faults.is_empty() {
            self.broken.insert(name.to_owned(), faults);
        }
        let shape = self.shape(&tree);
        self.traits.insert(name.to_owned(), shape);
    }

    fn reference_faults(&self, tree: &Node, circle: &HashSet<&str>) -> Vec<Fault> {
        let mut faults = Vec::new();
        visit(tree, &mut |node| {
            if let Kind::Watch(link) = &node.kind
                && let Some(code) = self.reference_fault(link, circle)
            {
                faults.push(Fault::new(code, node.span));
            }
        });
        self.places(tree, false, &mut faults);
        faults
    }

    fn reference_fault(&self, link: &str, circle: &HashSet<&str>) -> Option<Code> {
        let Some(entry) = self.watches.get(link) else {
            return Some(Code::UnknownWatch);
        };
        if circle.contains(link) {
            return Some(Code::WatchCycle);
        }
        (!entry.sound || self.broken.contains_key(link)).then_some(Code::BrokenWatch)
    }

    /// References where spans are needed, or where no text field may stand.
    fn places(&self, node: &Node, in_piece: bool, faults: &mut Vec<Fault>) {
        let mut add = |code, span| faults.push(Fault::new(code, span));
        match &node.kind {
            Kind::Watch(name) if in_piece && self.has_text_field(name) => {
                add(Code::NotInSentence, node.span)
            }
            Kind::Near(first, steps) => {
                for side in
                    std::iter::once(first.as_ref()).chain(steps.iter().map(|step| &step.side))
                {
                    self.sides(side, &mut add);
                }
            }
            Kind::AtLeast(_, body) => self.sides(body, &mut add),
            _ => {}
        }
        let in_piece = in_piece || matches!(node.kind, Kind::Piece(..));
        for child in children(node) {
            self.places(child, in_piece, faults);
        }
    }

    fn sides(&self, node: &Node, add: &mut impl FnMut(Code, Span)) {
        match &node.kind {
            Kind::Watch(name) if !self.is_positional(name) => add(Code::NotPositional, node.span),
            Kind::Any(sides) => {
                for side in sides {
                    self.sides(side, add);
                }
            }
            Kind::In(_, body) | Kind::Case(body) => self.sides(body, add),
            _ => {}
        }
    }

    fn shape_of(&self, name: &str) -> Option<Shape> {
        let entry = self
            .watches
            .get(name)
            .filter(|entry| entry.sound && !self.broken.contains_key(name))?;
        Some(if entry.links.is_empty() {
            entry.shape
        } else {
            self.traits.get(name).copied().unwrap_or(entry.shape)
        })
    }

    /// A watch that is unknown or broken is reported as that, not as having no place.
    fn is_positional(&self, name: &str) -> bool {
        self.shape_of(name).is_none_or(|shape| shape.positional)
    }

    fn has_text_field(&self, name: &str) -> bool {
        self.shape_of(name)
            .is_some_and(|shape| shape.has_text_field)
    }

    fn shape(&self, tree: &Node) -> Shape {
        let mut has_text_field = false;
        visit(tree, &mut |node| {
            has_text_field |= match &node.kind {
                Kind::In(..) | Kind::Raw(_) => true,
                Kind::Watch(name) => self.has_text_field(name),
                _ => false,
            };
        });
        Shape {
            positional: self.yields_spans(tree),
            has_text_field,
        }
    }

    fn yields_spans(&self, node: &Node) -> bool {
        match &node.kind {
            Kind::Any(sides) => sides.iter().all(|side| self.yields_spans(side)),
            Kind::In(_, body) | Kind::Case(body) => self.yields_spans(body),
            Kind::Value(field, _) => field.is_positional(),
            Kind::Words(_)
            | Kind::Hashtag(_)
            | Kind::Mention(_)
            | Kind::List(_)
            | Kind::Near(..) => true,
            Kind::Watch(name) => self.is_positional(name),
            _ => false,
        }
    }

    /// Watches that lead to each other, those they refer to first (Tarjan's strongly connected components).
    fn circles(&self) -> Vec<Vec<String>> {
        let mut walk = Walk::default();
        let mut roots: Vec<&str> = self.linked.iter().map(String::as_str).collect();
        roots.sort_unstable();
        for root in roots {
            walk.from(root, &|name| {
                self.watches
                    .get(name)
                    .map(|entry| entry.links.as_slice())
                    .unwrap_or_default()
            });
        }
        walk.groups
    }
}

/// The state of a walk over references; a stack of its own, since circles of watches may be long.
#[derive(Default)]
struct Walk<'l> {
    seen: HashMap<&'l str, (usize, usize)>,
    open: Vec<&'l str>,
    is_open: HashSet<&'l str>,
    groups: Vec<Vec<String>>,
}

impl<'l> Walk<'l> {
    fn from(&mut self, root: &'l str, links: &impl Fn(&str) -> &'l [String]) {
        if self.seen.contains_key(root) {
            return;
        }
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((name, next)) = path.last_mut() {
            let name = *name;
            if let Some(link) = links(name).get(*next) {
                *next += 1;
                match self.seen.get(link.as_str()).map(|(order, _)| *order) {
                    None => {
                        self.enter(link);
                        path.push((link, 0));
                    }
                    Some(order) if self.is_open.contains(link.as_str()) => self.lower(name, order),
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            let (order, low) = self.seen.get(name).copied().unwrap_or_default();
            if let Some((parent, _)) = path.last() {
                self.lower(parent, low);
            }
            if order == low {
                self.close(name);
            }
        }
    }

    fn enter(&mut self, name: &'l str) {
        let order = self.seen.len();
        self.seen.insert(name, (order, order));
        self.open.push(name);
        self.is_open.insert(name);
    }

    fn lower(&mut self, name: &str, to: usize) {
        if let Some((_, low)) = self.seen.get_mut(name) {
            *low = to.min(*low);
        }
    }

    fn close(&mut self, root: &str) {
        let mut group = Vec::new();
        while let Some(name) = self.open.pop() {
            self.is_open.remove(name);
            group.push(name.to_owned());
            if name == root {
                break;
            }
        }
        self.groups.push(group);
    }
}

/// The parts of a node.
pub(crate) fn children(node: &Node) -> Vec<&Node> {
    match &node.kind {
        Kind::All(sides) | Kind::Any(sides) | Kind::Of(_, sides) => sides.iter().collect(),
        Kind::Not(body)
        | Kind::Case(body)
        | Kind::Piece(_, body)
        | Kind::AtLeast(_, body)
        | Kind::In(_, body) => vec![body],
        Kind::Near(first, steps) => std::iter::once(first.as_ref())
            .chain(steps.iter().map(|step| &step.side))
            .collect(),
        Kind::OfList(..)
        | Kind::Words(_)
        | Kind::Hashtag(_)
        | Kind::Mention(_)
        | Kind::Raw(_)
        | Kind::List(_)
        | Kind::Watch(_)
        | Kind::Value(..)
        | Kind::Number(..) => Vec::new(),
    }
}

/// Calls `see` for a node and all below it, in the order in which they are written.
pub(crate) fn visit<'n>(node: &'n Node, see: &mut impl FnMut(&'n Node)) {
    see(node);
    for child in children(node) {
        visit(child, see);
    }
}
