//! A post as the matcher sees it: borrowed, cut once, in buffers that are used again.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};

use auscult_model::post::{Known, Post};

use super::index::Index;
use crate::token::{Break, Cut};

/// The fields of a post, borrowed from wherever they are.
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "the fields are those of auscult_model::post::Post"
)]
pub struct PostView<'a> {
    pub id: &'a str,
    pub source: Option<&'a str>,
    pub site: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub title: Option<&'a str>,
    pub text: Option<&'a str>,
    pub author: AuthorView<'a>,
    pub url: Option<&'a str>,
    pub links: Strings<'a>,
    pub lang: Option<&'a str>,
    pub created_at: Option<&'a str>,
    pub country: Option<&'a str>,
    pub region: Option<&'a str>,
    pub city: Option<&'a str>,
    pub stars: Option<f64>,
    pub likes: Option<f64>,
    pub reposts: Option<f64>,
    pub replies: Option<f64>,
    pub views: Option<f64>,
    pub has: Option<Strings<'a>>,
    pub parent: Option<ParentView<'a>>,
    pub sentiment: Known<&'a str>,
    pub intent: Known<&'a str>,
    pub urgency: Known<&'a str>,
    pub status: Known<&'a str>,
    pub assignee: Known<&'a str>,
    pub team: Known<&'a str>,
    pub topic: Known<Strings<'a>>,
    pub tag: Known<Strings<'a>>,
}

/// Who wrote it.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    missing_docs,
    reason = "the fields are those of auscult_model::post::Author"
)]
pub struct AuthorView<'a> {
    pub handle: Option<&'a str>,
    pub name: Option<&'a str>,
    pub bio: Option<&'a str>,
    pub followers: Option<f64>,
    pub verified: Option<bool>,
}

/// What it answers.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    missing_docs,
    reason = "the fields are those of auscult_model::post::Parent"
)]
pub struct ParentView<'a> {
    pub id: Option<&'a str>,
    pub text: Option<&'a str>,
    pub author: Option<&'a str>,
}

/// A list of strings, whoever owns them.
#[derive(Debug, Clone, Copy)]
pub enum Strings<'a> {
    /// As the model keeps them.
    Owned(&'a [String]),
    /// As a reader borrows them.
    Borrowed(&'a [Cow<'a, str>]),
}

impl Default for Strings<'_> {
    fn default() -> Self {
        Self::Owned(&[])
    }
}

impl<'a> Strings<'a> {
    /// The strings in their order.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let (owned, borrowed): (&[String], &[Cow<'a, str>]) = match self {
            Self::Owned(strings) => (strings, &[]),
            Self::Borrowed(strings) => (&[], strings),
        };
        owned
            .iter()
            .map(String::as_str)
            .chain(borrowed.iter().map(|string| &**string))
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        match self {
            Self::Owned(strings) => strings.is_empty(),
            Self::Borrowed(strings) => strings.is_empty(),
        }
    }
}

impl<'a> From<&'a Post> for PostView<'a> {
    fn from(post: &'a Post) -> Self {
        let author = post
            .author
            .as_ref()
            .map_or_else(AuthorView::default, |author| AuthorView {
                handle: author.handle.as_deref(),
                name: author.name.as_deref(),
                bio: author.bio.as_deref(),
                followers: author.followers,
                verified: author.verified,
            });
        Self {
            id: &post.id,
            source: post.source.as_deref(),
            site: post.site.as_deref(),
            kind: post.kind.map(auscult_model::post::PostKind::as_str),
            title: post.title.as_deref(),
            text: post.text.as_deref(),
            author,
            url: post.url.as_deref(),
            links: Strings::Owned(&post.links),
            lang: post.lang.as_deref(),
            created_at: post.created_at.as_deref(),
            country: post.country.as_deref(),
            region: post.region.as_deref(),
            city: post.city.as_deref(),
            stars: post.stars,
            likes: post.likes,
            reposts: post.reposts,
            replies: post.replies,
            views: post.views,
            has: post.has.as_deref().map(Strings::Owned),
            parent: post.parent.as_ref().map(|parent| ParentView {
                id: parent.id.as_deref(),
                text: parent.text.as_deref(),
                author: parent.author.as_deref(),
            }),
            sentiment: known(&post.sentiment),
            intent: known(&post.intent),
            urgency: known(&post.urgency),
            status: known(&post.status),
            assignee: known(&post.assignee),
            team: known(&post.team),
            topic: known_list(&post.topic),
            tag: known_list(&post.tag),
        }
    }
}

fn known(field: &Known<String>) -> Known<&str> {
    match field {
        Known::Missing => Known::Missing,
        Known::Empty => Known::Empty,
        Known::Value(value) => Known::Value(value),
    }
}

fn known_list(field: &Known<Vec<String>>) -> Known<Strings<'_>> {
    match field {
        Known::Missing => Known::Missing,
        Known::Empty => Known::Empty,
        Known::Value(values) if values.is_empty() => Known::Empty,
        Known::Value(values) => Known::Value(Strings::Owned(values)),
    }
}

/// One of the texts of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextId {
    /// The title.
    Title,
    /// The text.
    Text,
    /// The author's name.
    Name,
    /// The author's description.
    Bio,
    /// The text of the parent.
    Parent,
}

impl TextId {
    /// All of them, in the order in which hits are told.
    pub(crate) const ALL: [Self; 5] =
        [Self::Title, Self::Text, Self::Name, Self::Bio, Self::Parent];

    /// The name of the field.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Name => "name",
            Self::Bio => "bio",
            Self::Parent => "parent",
        }
    }
}

/// One text, cut, with what is worked out about it only when somebody asks.
#[derive(Debug, Default)]
pub(crate) struct CutText {
    cut: Cut,
    index: OnceCell<Index>,
    sentences: OnceCell<Vec<(u32, u32)>>,
    paragraphs: OnceCell<Vec<(u32, u32)>>,
    lead: OnceCell<u32>,
    spare_index: RefCell<Option<Index>>,
    spare_pieces: RefCell<Vec<Vec<(u32, u32)>>>,
}

impl CutText {
    #[inline]
    fn read(&mut self, text: &str) {
        self.cut.read(text);
        if self.index.get().is_some()
            && let Some(index) = self.index.take()
        {
            *self.spare_index.get_mut() = Some(index);
        }
        for cell in [&mut self.sentences, &mut self.paragraphs] {
            if let Some(pieces) = cell.take() {
                self.spare_pieces.get_mut().push(pieces);
            }
        }
        self.lead.take();
    }

    #[inline]
    pub(crate) const fn cut(&self) -> &Cut {
        &self.cut
    }

    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = self.spare_index.borrow_mut().take().unwrap_or_default();
            index.fill(self.cut.words());
            index
        })
    }

    pub(crate) fn pieces(&self, source: &str, kind: Break) -> &[(u32, u32)] {
        let cell = match kind {
            Break::Sentence => &self.sentences,
            Break::Paragraph => &self.paragraphs,
        };
        cell.get_or_init(|| {
            let mut pieces = self.spare_pieces.borrow_mut().pop().unwrap_or_default();
            self.cut.pieces_into(source, kind, &mut pieces);
            pieces
        })
    }

    pub(crate) fn lead(&self, source: &str) -> u32 {
        *self
            .lead
            .get_or_init(|| u32::try_from(self.cut.lead(source)).unwrap_or(u32::MAX))
    }
}

/// Room for the words of one post after the other; nothing is allocated once it has grown.
#[derive(Debug, Default)]
pub struct Buffers {
    title: CutText,
    text: CutText,
    people: [OnceCell<CutText>; 3],
    spare: RefCell<Vec<CutText>>,
}

/// A post cut into words.
#[derive(Debug)]
pub struct PreparedPost<'a> {
    pub(crate) view: PostView<'a>,
    buffers: &'a Buffers,
}

impl<'a> PreparedPost<'a> {
    /// Cuts a post.
    pub fn new(post: &'a Post, buffers: &'a mut Buffers) -> Self {
        Self::of(PostView::from(post), buffers)
    }

    /// Cuts a post whose fields are borrowed.
    pub fn of(view: PostView<'a>, buffers: &'a mut Buffers) -> Self {
        buffers.title.read(view.title.unwrap_or_default());
        buffers.text.read(view.text.unwrap_or_default());
        for cell in &mut buffers.people {
            // Taking what is not there would move a whole empty text.
            if cell.get().is_some()
                && let Some(text) = cell.take()
            {
                buffers.spare.get_mut().push(text);
            }
        }
        Self { view, buffers }
    }

    /// The fields.
    pub const fn view(&self) -> &PostView<'a> {
        &self.view
    }

    /// The words of a text.
    pub fn cut(&self, text: TextId) -> &Cut {
        self.cut_text(text).cut()
    }

    /// The original string of a text.
    pub fn source(&self, text: TextId) -> &'a str {
        match text {
            TextId::Title => self.view.title,
            TextId::Text => self.view.text,
            TextId::Name => self.view.author.name,
            TextId::Bio => self.view.author.bio,
            TextId::Parent => self.view.parent.and_then(|parent| parent.text),
        }
        .unwrap_or_default()
    }

    #[inline]
    pub(crate) fn cut_text(&self, text: TextId) -> &CutText {
        let [name, bio, parent] = &self.buffers.people;
        match text {
            TextId::Title => &self.buffers.title,
            TextId::Text => &self.buffers.text,
            TextId::Name => self.person_text(name, text),
            TextId::Bio => self.person_text(bio, text),
            TextId::Parent => self.person_text(parent, text),
        }
    }

    fn person_text(&self, cell: &'a OnceCell<CutText>, text: TextId) -> &CutText {
        cell.get_or_init(|| {
            let mut cut = self.buffers.spare.borrow_mut().pop().unwrap_or_default();
            cut.read(self.source(text));
            cut
        })
    }
}
