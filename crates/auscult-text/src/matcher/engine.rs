//! The mutable set of watches of all tenants. Edits touch a few pages; snapshots share the rest.

#![expect(clippy::too_many_arguments, reason = "the door others call")]
#![expect(clippy::too_many_lines, reason = "one line for each case")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::anchors::choose;
use super::compile::compile;
use super::keys::KeyKind;
use super::needs::Edge;
use super::post::PreparedPost;
use super::signature::Guard;
use super::snapshot::{Compiled, Set, Snapshot};
use super::statistics::Statistics;
use super::table::Posting;
use crate::watch::{
    Code, Fault, Kind, Library, Node, Parsed, Span, ValueTest, WatchError, parse_in, visit,
};

/// With more linked watches than this, references are judged when a snapshot is taken, not at each edit.
const JUDGED_AT_ONCE: usize = 64;

/// Owns the watches and lists of all tenants.
#[derive(Debug)]
pub struct Engine {
    set: Set,
    tenants: HashMap<u64, Tenant>,
    watches: HashMap<u64, Owned>,
    free: Vec<u32>,
    slots: u32,
    statistics: Statistics,
    latest: Option<Arc<Snapshot>>,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug, Default)]
struct Tenant {
    library: Library,
    /// Watches by the lists they name.
    list_users: HashMap<String, HashSet<u64>>,
    /// Watches that name other watches.
    linked: HashSet<u64>,
    /// Watches with errors.
    broken: HashSet<u64>,
    unsettled: bool,
}

#[derive(Debug)]
struct Owned {
    tenant: u64,
    name: Box<str>,
    active: bool,
    placed: Option<Placed>,
    lists: Box<[String]>,
}

/// Where a watch stands in the set.
#[derive(Debug)]
struct Placed {
    slot: u32,
    /// The keys it is woken by; none when every post wakes it.
    keys: Option<Box<[u64]>>,
    kinds: Box<[(KeyKind, Edge)]>,
}

impl Engine {
    /// An engine without watches.
    pub fn new() -> Self {
        Self {
            set: Set::default(),
            tenants: HashMap::new(),
            watches: HashMap::new(),
            free: Vec::new(),
            slots: 0,
            statistics: Statistics::new(),
            latest: None,
        }
    }

    /// How many watches are kept, inactive and faulty ones too.
    pub fn len(&self) -> usize {
        self.watches.len()
    }

    /// Whether there is no watch.
    pub fn is_empty(&self) -> bool {
        self.watches.is_empty()
    }

    /// Counts the words of a post, so that watches made later are kept under words that are rare in what is heard.
    pub fn learn(&mut self, post: &PreparedPost<'_>) {
        self.statistics.learn(post);
    }

    /// Makes or replaces a list; watches that use it follow.
    pub fn set_list(&mut self, tenant: u64, name: &str, entries: &[String]) {
        let house = self.tenants.entry(tenant).or_default();
        house.library.set_list(name, entries);
        self.refresh_users(tenant, name);
    }

    /// Removes a list; watches that use it have an error then.
    pub fn remove_list(&mut self, tenant: u64, name: &str) {
        if let Some(house) = self.tenants.get_mut(&tenant) {
            house.library.remove_list(name);
            self.refresh_users(tenant, name);
        }
    }

    /// Makes or replaces a watch. One with errors is kept but matches nothing.
    pub fn upsert(
        &mut self,
        tenant: u64,
        key: u64,
        name: &str,
        query: &str,
        active: bool,
    ) -> Vec<WatchError> {
        self.latest = None;
        if self
            .watches
            .get(&key)
            .is_some_and(|owned| owned.tenant != tenant || &*owned.name != name)
        {
            self.remove(key);
        }
        let lists = self
            .watches
            .remove(&key)
            .map(|owned| self.displace(key, owned))
            .unwrap_or_default();
        let owned = Owned {
            tenant,
            name: name.into(),
            active,
            placed: None,
            lists,
        };
        self.watches.insert(key, owned);
        let parsed = self.place(key, query);
        let Some(house) = self.tenants.get_mut(&tenant) else {
            return parsed.errors;
        };
        if !parsed.errors.is_empty() || !house.library.has_links() {
            return parsed.errors;
        }
        house.unsettled = true;
        if house.linked.len() <= JUDGED_AT_ONCE {
            self.settle(tenant);
        }
        self.tenants
            .get(&tenant)
            .map(|house| house.library.errors(name))
            .unwrap_or_default()
    }

    /// Removes a watch.
    pub fn remove(&mut self, key: u64) {
        let Some(owned) = self.watches.remove(&key) else {
            return;
        };
        self.latest = None;
        let (tenant, name) = (owned.tenant, owned.name.clone());
        self.displace(key, owned);
        if let Some(house) = self.tenants.get_mut(&tenant) {
            house.library.remove_watch(&name);
            house.linked.remove(&key);
            house.broken.remove(&key);
            house.unsettled |= house.library.has_links();
        }
    }

    /// The errors of a watch as it is now, those of the watches it refers to included.
    pub fn errors(&mut self, key: u64) -> Vec<WatchError> {
        self.settle_all();
        let Some(owned) = self.watches.get(&key) else {
            return Vec::new();
        };
        let Some(house) = self.tenants.get(&owned.tenant) else {
            return Vec::new();
        };
        let Some(query) = house.library.query(&owned.name) else {
            return Vec::new();
        };
        let mut errors = parse_in(query, &house.library).errors;
        if errors.is_empty() {
            errors = house.library.errors(&owned.name);
        }
        if errors.is_empty() && house.broken.contains(&key) {
            errors.push(
                Fault::new(Code::TooDeep, Span::new(0, query.chars().count())).in_words(query),
            );
        }
        errors
    }

    /// The keys of all watches that have errors.
    pub fn faulty(&mut self) -> Vec<u64> {
        self.settle_all();
        let mut keys: Vec<u64> = self
            .tenants
            .values()
            .flat_map(|house| house.broken.iter().copied())
            .collect();
        keys.sort_unstable();
        keys
    }

    /// The lists and watches of a tenant, for explaining and for queries that run alone.
    pub fn library(&mut self, tenant: u64) -> Option<&Library> {
        self.settle(tenant);
        self.tenants.get(&tenant).map(|house| &house.library)
    }

    /// The set as it is now; it never changes, and making it copies only what the next edit will touch.
    pub fn snapshot(&mut self) -> Arc<Snapshot> {
        self.settle_all();
        let latest = self.latest.get_or_insert_with(|| {
            Arc::new(Snapshot {
                set: self.set.clone(),
                slots: self.slots,
            })
        });
        Arc::clone(latest)
    }

    fn settle_all(&mut self) {
        let unsettled: Vec<u64> = self
            .tenants
            .iter()
            .filter(|(_, house)| house.unsettled)
            .map(|(tenant, _)| *tenant)
            .collect();
        for tenant in unsettled {
            self.settle(tenant);
        }
    }

    /// Judges the references of a tenant's watches anew and runs the linked ones in their present meaning.
    fn settle(&mut self, tenant: u64) {
        let Some(house) = self
            .tenants
            .get_mut(&tenant)
            .filter(|house| house.unsettled)
        else {
            return;
        };
        house.unsettled = false;
        house.library.settle();
        let linked: Vec<u64> = house.linked.iter().copied().collect();
        for key in linked {
            self.refresh(key);
        }
    }

    fn refresh_users(&mut self, tenant: u64, list: &str) {
        self.latest = None;
        let Some(house) = self.tenants.get_mut(&tenant) else {
            return;
        };
        let mut keys: HashSet<u64> = house.list_users.get(list).cloned().unwrap_or_default();
        keys.extend(&house.broken);
        house.unsettled |= house.library.has_links();
        for key in keys {
            self.refresh(key);
        }
        self.settle(tenant);
    }

    /// Reads a watch again: a list or a watch it names has changed.
    fn refresh(&mut self, key: u64) {
        self.latest = None;
        let Some(mut owned) = self.watches.remove(&key) else {
            return;
        };
        let query = self
            .tenants
            .get(&owned.tenant)
            .and_then(|house| house.library.query(&owned.name))
            .map(str::to_owned);
        let (tenant, name, active) = (owned.tenant, std::mem::take(&mut owned.name), owned.active);
        let lists = self.displace(key, owned);
        self.watches.insert(
            key,
            Owned {
                tenant,
                name,
                active,
                placed: None,
                lists,
            },
        );
        if let Some(query) = query {
            self.place(key, &query);
        }
    }

    /// Takes a watch out of the set; says which lists it named.
    fn displace(&mut self, key: u64, owned: Owned) -> Box<[String]> {
        if let Some(house) = self.tenants.get_mut(&owned.tenant) {
            for list in &owned.lists {
                if let Some(users) = house.list_users.get_mut(list) {
                    users.remove(&key);
                }
            }
        }
        if let Some(placed) = owned.placed {
            match &placed.keys {
                Some(keys) => keys
                    .iter()
                    .for_each(|anchor| self.set.table.remove(*anchor, placed.slot)),
                None => Arc::make_mut(&mut self.set.always)
                    .retain(|posting| posting.slot != placed.slot),
            }
            Arc::make_mut(&mut self.set.asked).forget(&placed.kinds);
            self.set.put(placed.slot, None);
            self.free.push(placed.slot);
        }
        owned.lists
    }

    /// Reads a watch and puts it into the set if it is sound and active.
    fn place(&mut self, key: u64, query: &str) -> Parsed {
        let Some(owned) = self.watches.get_mut(&key) else {
            return Parsed {
                tree: None,
                errors: Vec::new(),
            };
        };
        let house = self.tenants.entry(owned.tenant).or_default();
        let mut parsed = parse_in(query, &house.library);
        house
            .library
            .keep(&owned.name, query, parsed.tree.as_deref());
        house.linked.remove(&key);
        house.broken.remove(&key);
        let program = match &parsed.tree {
            None => None,
            Some(tree) => {
                owned.lists = note_uses(tree, key, house);
                let is_sound = house.library.errors(&owned.name).is_empty();
                match compile(tree, &house.library) {
                    Ok(program) if is_sound => Some(program),
                    Ok(_) => None,
                    Err(_) => {
                        let whole = Span::new(0, query.chars().count());
                        parsed
                            .errors
                            .push(Fault::new(Code::TooDeep, whole).in_words(query));
                        None
                    }
                }
            }
        };
        let Some(program) = program else {
            house.broken.insert(key);
            return parsed;
        };
        if !owned.active {
            return parsed;
        }
        let wake = choose(&program, &self.statistics);
        let count = self.set.tenants.len();
        let tenant = match self.set.tenants.get(&owned.tenant) {
            Some(number) => *number,
            None => *Arc::make_mut(&mut self.set.tenants)
                .entry(owned.tenant)
                .or_insert(u32::try_from(count + 1).unwrap_or(u32::MAX)),
        };
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots += 1;
            self.slots - 1
        });
        let posting = Posting {
            slot,
            tenant,
            guard: Guard::default(),
        };
        Arc::make_mut(&mut self.set.asked).learn(&wake.kinds);
        let keys = match wake.picks {
            None => {
                Arc::make_mut(&mut self.set.always).push(posting);
                None
            }
            Some(picks) => {
                for pick in &picks {
                    self.set.table.insert(
                        pick.key,
                        Posting {
                            guard: pick.guard,
                            ..posting
                        },
                    );
                }
                Some(picks.iter().map(|pick| pick.key).collect())
            }
        };
        owned.placed = Some(Placed {
            slot,
            keys,
            kinds: wake.kinds.into(),
        });
        self.set
            .put(slot, Some(Arc::new(Compiled { key, program })));
        parsed
    }
}

/// Keeps track of what a watch names; returns its lists.
fn note_uses(tree: &Node, key: u64, house: &mut Tenant) -> Box<[String]> {
    let mut lists = Vec::new();
    let mut is_linked = false;
    visit(tree, &mut |node| match &node.kind {
        Kind::List(name) => lists.push(name.clone()),
        Kind::OfList(_, list) => lists.push(list.name.clone()),
        Kind::Value(_, tests) => lists.extend(tests.iter().filter_map(|test| match test {
            ValueTest::List(list) => Some(list.name.clone()),
            _ => None,
        })),
        Kind::Watch(_) => is_linked = true,
        _ => {}
    });
    if is_linked {
        house.linked.insert(key);
    }
    for list in &lists {
        house
            .list_users
            .entry(list.clone())
            .or_default()
            .insert(key);
    }
    lists.into()
}
