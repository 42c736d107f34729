listen-lede = { $n ->
    [one] One watch listens
   *[other] { $n } watches listen
  } in { $sources ->
    [one] one source.
   *[other] { $sources } sources.
  }
listen-presence = What people already say
listen-keeps = We keep what the source allows and no longer. Nothing is joined to a patient record, ever.
watch = Watch
watches = Watches
watch-new = New watch
watches-none = No watch yet
watches-none-why = A watch is a saved question. Start with the organisation’s name and what people call you.
fresh-n = { $n } new
where-listens = Where it listens
sources-behind = { $n } of { $all } is behind
source-pause = Pause
col-source = Source
col-state = State
col-last = Last heard
col-delay = Usual delay
col-month = 30 days
col-allows = What it allows
col-do = What can be done
new = New
watch-changed = Last changed by { $who },
watch-save = Save the watch
watch-what = What to listen for
watch-name = Name
watch-query = Words
watch-query-hint = Such as: "fairview" AND (wait* OR "rings out") NOT "shopping centre"
watch-then = When it hears something
watch-opens = Open a conversation when it needs an answer
watch-alerts = Tell us when it is far above what is expected
watch-topics = What they talk about
query-wrong = { $n ->
    [one] One thing stands in the way
   *[other] { $n } things stand in the way
  }
query-place = Line { $line }, column { $column }:
query-reads = Reads well
backtest = If this had been listening
backtest-days = last { $n } days
backtest-took = took { $ms } ms over { $n } posts
backtest-matched = Would have matched
backtest-saved = Against saved
matches = Matches
newest-n = newest { $n }
matches-none = Nothing matched in this time.
near-misses = Near misses
near-why = what kept them out
near-none = Nothing was close.
hit-open = Open
presence-title = What people already say about you
presence-made = Looked
presence-again = Look again
in-short = In short
by-network = By network
by-network-note = dot: stars with 95 % interval
col-network = Network
col-found = Found as
col-yours = Is it yours
col-mentions = Mentions
col-stars = Stars
col-stars-scale = 1 to 5
col-answered = Answered
col-next = Next step
none = none
next-nothing = Nothing to do
by-topic = By topic of care
by-topic-note = share of each topic’s mentions
col-topic = Topic
col-hard = Hard
col-good = Good
col-hard-good = Hard against good
said-most = Said most, and most worth hearing
places-said = Places they mention
clinicians-said = Clinicians they mention
clinicians-note = public-facing staff who agreed to be listed
clinicians-foot = Names of staff who did not agree are masked everywhere. Fewer than 10 mentions are not shown.
search-title = Archive
search-lede = What was said and what we answered, newest first.
search-words = Words
search-hint = The same language as watches: words, "phrases", AND, OR, NOT, topic:, lang:
search-since = Since
search-do = Search
search-watch = Keep it as a watch
found-n = { $n ->
    [one] One found
   *[other] { $n } found, newest first
  }
found-more = More than { $n } found, newest first
said-times = Said { $n } times: show all
said-same = Posts that say nearly the same, such as a review on several sites or a press release. Each one stays a post of its own.
said-all = Show the whole archive
found-on = Further ones, newest first
found-none = Nothing was found
found-none-why = Try fewer words, the beginning of a word with *, or a longer time.
since-ever = Ever
since-7 = 7 days
since-30 = 30 days
since-90 = 90 days
since-365 = A year
everywhere = Everywhere
watch-listens = Listens
watch-rests = Rests
watch-active = It listens
watch-why = Why it changes, for those who come after
watch-versions = Earlier wordings
watch-remove = Remove this watch
near-there = { $clause } is there
near-missing = { $clause } is missing
volume-title = { $n } matches in the last { $days } days, day by day
backtest-more = at least; the newest were counted
col-day = Day
lists = Lists
lists-lede = Words that watches share: write list:name in a watch, and every watch follows when the list changes.
lists-show = Show and change
lists-entries = Entries, one a line
lists-new = New list
lists-name = Name
lists-name-hint = Small letters, digits and hyphens, such as services
every-seconds = looks every { $n } s
every-minutes = looks every { $n } min
when-sent = when it is sent
allows-reply = Listens and answers
allows-hear = Listens
source-on = Listen again
sources-more = Accounts with a secret, webhooks and what each channel listens to
col-share = Share of all
by-share-note = in brackets: 95 % interval
share-interval = { $share } % ({ $low } to { $high } %) of { $n }
short-good = Good
short-hard = Hard
short-asks = Asking something
owned-answers = You answer there
owned-hears = You listen there
owned-not = Not connected
questions-open = Questions we heard
presence-lede = { $n } public mentions in { $sources } { $sources ->
    [one] source
   *[other] sources
  } over the last year. { $answerable } asked for something.
presence-none = Nothing was heard yet
presence-none-why = Add a feed or a network; within a minute of data this page fills.
presence-none-do = Add a source
imports = Imports
imports-lede = Exports of listening tools, review lists, surveys: good rows are kept, refused rows are named, and nothing comes twice.
imports-none = Nothing was imported yet
imports-none-why = A table with a header row, or one JSON object on each line.
imported = Imported so far
import-new = Import a file
import-file = The file
import-file-hint = CSV with a header row, or JSON Lines, up to 64 MB. Larger files: auscult import on the server.
import-columns = The columns have unusual names
import-mapping = Which column is which
import-mapping-hint = As TOML or JSON, for example: text = "Comment". Left empty, usual names are found by themselves.
import-look = See what would happen
import-do = Import
import-would = What { $name } would bring
import-nothing-kept = Nothing was kept yet. Choose the file again to import it.
import-counts = { $new } new, { $known } known, { $refused } refused
import-changed = { $n } are here with other words.
import-unread = The file cannot be read.
import-running = Going on
import-running-what = Rows are still being read; this page goes on by itself. When the server was stopped meanwhile, import the file again: nothing comes twice.
import-done = Done
import-refused-some = Done, with rows that were refused
import-back = Taken back
import-take-back = Take it back
import-refused = Rows that were refused
import-refused-get = Get them as a file
import-place = Where
import-reason = Why, and how to mend it
import-row = The row
bring = Bring a query from another suite
bring-why = Paste a query as you wrote it there. It is said again in the words of a watch, and you see what could not be brought along. Nothing is saved yet.
bring-from = Written for
bring-query = The query
bring-hint = The whole query, with brackets and exclusions
bring-do = Translate it
brought-done = The watch above says what the query for { $suite } said.
brought-broken = This cannot be read as a query for { $suite }.
brought-look = Please look at what is marked before you save it.
brought-all-the-same = Every part means the same here.
brought-remarks = What became of its parts
brought-exact = The same
brought-differs = Differs
brought-left-out = Left out
brought-more = { $n ->
    [one] One more part is not shown.
   *[other] { $n } more parts are not shown.
  }
